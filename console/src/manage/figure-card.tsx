import type { ReactNode } from "react";

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  /** What there is to say below it. */
  readonly children?: ReactNode;
}

/** One figure and what it counts. */
export function Figure({ label, value, children }: FigureProps) {
  return (
    <div className="entry figure-card">
      <span className="fact">{label}</span>
      <span className="figure-value">{value}</span>
      {children}
    </div>
  );
}

interface FiguresProps {
  /** Whether values are as long as a date, or labels as a sentence. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** Figures side by side, as many as there is room for. */
export function Figures({ isWide = false, children }: FiguresProps) {
  return <div className={isWide ? "figures wide" : "figures"}>{children}</div>;
}
