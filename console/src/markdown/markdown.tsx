import { Skeleton, Text } from "@mantine/core";
import { Component, lazy, type ReactNode, Suspense } from "react";
import { isTame } from "./rules.ts";

const Body = lazy(() =>
  import("./body.tsx").then(({ MarkdownBody }) => ({ default: MarkdownBody })),
);

/** Shows the text as it is where it breaks what would make a page of it. */
class OrAsItIs extends Component<
  { readonly text: string; readonly children: ReactNode },
  { readonly isBroken: boolean }
> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? (
      <Text className="wraps">{this.props.text}</Text>
    ) : (
      this.props.children
    );
  }
}

/** Somebody's Markdown; what reads it is loaded when the first is shown. */
export function Markdown({ text }: { readonly text: string }) {
  if (!isTame(text)) return <Text className="wraps">{text}</Text>;
  return (
    <OrAsItIs text={text}>
      <Suspense fallback={<Skeleton height={96} />}>
        <Body text={text} />
      </Suspense>
    </OrAsItIs>
  );
}
