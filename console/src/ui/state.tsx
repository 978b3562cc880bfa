import type { CSSProperties } from "react";

type Colour = "teal" | "cyan" | "orange" | "red" | "gray";

interface Props {
  readonly colour: Colour;
  readonly words: string;
}

/** How something is: in a word, and by colour beside. A plain element, since every row has one. */
export function State({ colour, words }: Props) {
  const style: CSSProperties & Record<"--state", string> = {
    "--state": `var(--mantine-color-${colour}-filled)`,
  };
  return (
    <span className="state" style={style}>
      {words}
    </span>
  );
}
