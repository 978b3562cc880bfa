import { Badge } from "@mantine/core";
import type { ReactNode } from "react";

// Plain elements: there are pages with a hundred of them.

/** A list of things that belong to the reader. */
export function Entries({ label, children }: { readonly label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="plain-list entries">
      {children}
    </ul>
  );
}

interface EntryProps {
  readonly name: ReactNode;
  /** The exact text behind the name, where that one is made for people. */
  readonly exact?: string | undefined;
  readonly badge?: string | undefined;
  /** What can be done with it. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** One of them; on a narrow screen the action goes below. */
export function Entry({ name, exact, badge, action, children }: EntryProps) {
  return (
    <li className="entry">
      <div className="entry-words">
        <div className="entry-head">
          <div className="entry-name" title={exact}>
            {name}
          </div>
          {badge !== undefined && (
            <Badge variant="light" tt="none">
              {badge}
            </Badge>
          )}
        </div>
        {children}
      </div>
      {action}
    </li>
  );
}

/** Something about an entry, in small print. */
export function Fact({ children }: { readonly children: ReactNode }) {
  return <div className="fact">{children}</div>;
}
