import { Container } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MembersPage } from "../manage/access/members-page.tsx";
import { RolesPage } from "../manage/access/roles-page.tsx";
import { TryIt } from "../manage/access/try-it.tsx";
import { AuditPage } from "../manage/audit/audit-page.tsx";
import { BackupsPage } from "../manage/backups/backups-page.tsx";
import { InUsePage } from "../manage/in-use/in-use-page.tsx";
import { IntegrityPage } from "../manage/integrity/integrity-page.tsx";
import { GroupPage } from "../manage/people/group-page.tsx";
import { GroupsPage } from "../manage/people/groups-page.tsx";
import { ProvidersPage } from "../manage/people/providers-page.tsx";
import { UserPage } from "../manage/people/user-page.tsx";
import { UsersPage } from "../manage/people/users-page.tsx";
import { DeletedProjects } from "../manage/project/deleted-projects.tsx";
import { QuotasPage } from "../manage/quota/quotas-page.tsx";
import { Guard } from "../manage/refused.tsx";
import { RobotPage } from "../manage/robots/robot-page.tsx";
import { RobotsPage } from "../manage/robots/robots-page.tsx";
import { Dashboard } from "../manage/run/dashboard.tsx";
import { JobPage } from "../manage/run/job-page.tsx";
import { JobsPage } from "../manage/run/jobs-page.tsx";
import { KeysPage } from "../manage/run/keys-page.tsx";
import { ReclaimPage } from "../manage/run/reclaim-page.tsx";
import { SystemPage } from "../manage/run/system-page.tsx";
import { StoragePage } from "../manage/storage/storage-page.tsx";
import { TrustPage } from "../manage/trust/rules-page.tsx";

type Ids = Readonly<Partial<Record<"user" | "group" | "robot" | "job", string>>>;

/** A page that needs a right in the installation. */
function page(right: string, show: (ids: Ids) => ReactNode) {
  return function AdminPage() {
    const ids: Ids = useParams({ strict: false });
    return (
      <Container size="xl">
        <Guard scope={null} right={right}>
          {show(ids)}
        </Guard>
      </Container>
    );
  };
}

export const DashboardRoute = page("system:read", () => <Dashboard />);
export const UsersRoute = page("user:read", () => <UsersPage />);
export const UserRoute = page("user:read", ({ user = "" }) => <UserPage key={user} id={user} />);
export const GroupsRoute = page("group:read", () => <GroupsPage />);
export const GroupRoute = page("group:read", ({ group = "" }) => (
  <GroupPage key={group} id={group} />
));
export const ProvidersRoute = page("provider:read", () => <ProvidersPage />);
export const BindingsRoute = page("member:read", () => <MembersPage scope={null} />);
export const RolesRoute = page("role:read", () => <RolesPage scope={null} />);
export const RobotsRoute = page("robot:read", () => <RobotsPage scope={null} />);
export const RobotRoute = page("robot:read", ({ robot = "" }) => (
  <RobotPage key={robot} scope={null} id={robot} />
));
export const TrustRoute = page("trust:read", () => <TrustPage scope={null} />);
export const AccessRoute = page("access:explain", () => <TryIt scope={null} />);
export const AuditRoute = page("audit:read", () => <AuditPage scope={null} />);
export const StorageRoute = page("system:read", () => <StoragePage />);
export const QuotasRoute = page("system:read", () => <QuotasPage />);
export const JobsRoute = page("system:read", () => <JobsPage />);
export const JobRoute = page("system:read", ({ job = "" }) => <JobPage key={job} id={job} />);
export const BackupsRoute = page("backup:read", () => <BackupsPage />);
export const IntegrityRoute = page("system:read", () => <IntegrityPage />);
export const InUseRoute = page("in-use:read", () => <InUsePage />);
export const DeletedRoute = page("system:read", () => <DeletedProjects />);
export const ReclaimRoute = page("system:read", () => <ReclaimPage />);
export const KeysRoute = page("system:update", () => <KeysPage />);
export const SystemRoute = page("system:read", () => <SystemPage />);
