import { useSize } from "../../ui/figure.tsx";

/** Bytes with their sign; a dash where nothing is known. */
export function useChange(): (bytes: number | null) => string {
  const size = useSize();
  return (bytes) => {
    if (bytes === null) return "–";
    const text = size(Math.abs(bytes));
    return bytes === 0 ? text : `${bytes < 0 ? "−" : "+"}${text}`;
  };
}
