/**
 * The elements for any page: importing this file defines them.
 *
 * ```html
 * <script type="module">
 *   import 'murmuration/elements';
 * </script>
 * <murmuration-room server="https://example.org" room="bees" room-key="..."></murmuration-room>
 * ```
 *
 * `<heat-map>` draws a surface of logits, `<peer-graph>` the peers of a session, `<murmuration-room>` a whole
 * room. Their looks are custom properties that start with `--murmuration-`; `data-theme="light"` or `"dark"`
 * on an element overrides what the system prefers.
 *
 * @module murmuration/elements
 */
import { HeatMap } from './ui/heat-map.ts';
import { AloneController } from './ui/alone/looks.ts';

export {
  HeatMap,
  HeatMapAddEvent,
  HeatMapMoveEvent,
  HeatMapProbeEvent,
  HeatMapRemoveEvent,
  type Brush,
  type Place,
} from './ui/heat-map.ts';
export type { Reading, SessionView } from './peer/view.ts';
export { FlockMergeEvent } from './ui/flock.ts';
export { PeerGraph, type Viewed } from './ui/alone/peer-graph.ts';
export { MurmurationRoom, MurmurationRoomViewEvent } from './ui/alone/murmuration-room.ts';

HeatMap.addInitializer((element) => {
  new AloneController(element as HeatMap);
});
