/**
 * The groups of nodes that can reach one another (Tarjan): every circle of a graph lies in one.
 * Groups and their members are sorted, so that a message does not change from run to run.
 */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const found: string[][] = [];

  const visit = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    path.push(node);
    onPath.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
      } else if (onPath.has(next)) {
        lowest.set(node, Math.min(lowest.get(node)!, order.get(next)!));
      }
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = path.splice(path.indexOf(node));
    for (const member of group) onPath.delete(member);
    const isCircle = group.length > 1 || graph.get(node)?.has(node) === true;
    if (isCircle) found.push(group.sort());
  };

  for (const node of [...graph.keys()].sort()) {
    if (!order.has(node)) visit(node);
  }
  return found.sort();
}
