/** Where a file of `src/` stands in the house. */
export interface Place {
  /** `kernel`, `features/content`, `platform/blobs`; `src` for the files at the root. */
  readonly room: string;
  /** The floor; an import goes to a lower one, or stays in its room. */
  readonly level: number;
  /** Whether rooms of this floor may use one another, as long as no circle comes of it. */
  readonly isOpenPlan: boolean;
}

const LOWER = new Set(["audit", "identity", "projects"]);
const MIDDLE = new Set(["access", "content"]);

const LEVELS: Readonly<Record<string, number>> = {
  kernel: 0,
  oci: 1,
  config: 2,
  platform: 2,
  client: 3,
  doors: 7,
  commands: 8,
};
const ROOT_LEVEL = 9;

/** The place of `src/…`, or `undefined` for a folder that the house does not have. */
export function placeOf(path: string): Place | undefined {
  const [, floor = "", second = "", third] = path.split("/");
  if (second === "") return { room: "src", level: ROOT_LEVEL, isOpenPlan: true };
  if (floor === "features") {
    // Only folders are rooms here: a file beside them would belong to nobody.
    if (third === undefined) return undefined;
    const room = `features/${second}`;
    if (LOWER.has(second)) return { room, level: 4, isOpenPlan: true };
    if (MIDDLE.has(second)) return { room, level: 5, isOpenPlan: true };
    return { room, level: 6, isOpenPlan: false };
  }
  const level = LEVELS[floor];
  if (level === undefined) return undefined;
  const hasRooms = floor === "platform" || floor === "doors";
  const room = hasRooms && third !== undefined ? `${floor}/${second}` : floor;
  return { room, level, isOpenPlan: hasRooms };
}

/** Whether a file in `from` may import one in `to`. Circles are looked for elsewhere. */
export function mayImport(from: Place, to: Place): boolean {
  if (from.room === to.room || to.level < from.level) return true;
  const isSameFloor = from.level === to.level && from.isOpenPlan && to.isOpenPlan;
  return isSameFloor && from.room.split("/")[0] === to.room.split("/")[0];
}
