import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MembersPage } from "../manage/access/members-page.tsx";
import { RolesPage } from "../manage/access/roles-page.tsx";
import { TryIt } from "../manage/access/try-it.tsx";
import { AuditPage } from "../manage/audit/audit-page.tsx";
import { ImmutabilityPage } from "../manage/immutability/rules-page.tsx";
import { ProjectSettings } from "../manage/project/settings.tsx";
import { ProjectFrame } from "../manage/project-frame.tsx";
import { Guard } from "../manage/refused.tsx";
import { RetentionPage } from "../manage/retention/policies-page.tsx";
import { RobotPage } from "../manage/robots/robot-page.tsx";
import { RobotsPage } from "../manage/robots/robots-page.tsx";
import { TrashPage } from "../manage/trash/trash-page.tsx";
import { TrustPage } from "../manage/trust/rules-page.tsx";

interface Of {
  readonly project: string;
  readonly robot: string;
}

function useHere(): Of {
  const { project = "", robot = "" } = useParams({ strict: false });
  return { project, robot };
}

/** A page that needs a right in the project of its address. */
function page(right: string, show: (of: Of) => ReactNode) {
  return function ProjectPage() {
    const here = useHere();
    return (
      <Guard scope={here.project} right={right}>
        {show(here)}
      </Guard>
    );
  };
}

export function ProjectFrameRoute() {
  return <ProjectFrame project={useHere().project} />;
}

export const MembersRoute = page("member:read", ({ project }) => <MembersPage scope={project} />);
export const RobotsRoute = page("robot:read", ({ project }) => <RobotsPage scope={project} />);
export const RobotRoute = page("robot:read", ({ project, robot }) => (
  <RobotPage scope={project} id={robot} />
));
export const RolesRoute = page("role:read", ({ project }) => <RolesPage scope={project} />);
export const TrustRoute = page("trust:read", ({ project }) => <TrustPage scope={project} />);
export const RetentionRoute = page("retention:read", ({ project }) => (
  <RetentionPage project={project} />
));
export const ImmutabilityRoute = page("immutability:read", ({ project }) => (
  <ImmutabilityPage project={project} />
));
export const TrashRoute = page("trash:read", ({ project }) => <TrashPage project={project} />);
export const ActivityRoute = page("audit:read", ({ project }) => <AuditPage scope={project} />);
export const SettingsRoute = page("project:read", ({ project }) => (
  <ProjectSettings project={project} />
));

/** Everybody may ask about themselves. */
export function AccessRoute() {
  return <TryIt scope={useHere().project} />;
}
