/**
 * A session that obeys the page without peers: it changes its view and remembers what it was asked.
 *
 * @module
 */
import type { PeerId } from '../../src/ids.ts';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import type {
  DisguiseChoice,
  Inspection,
  LearningView,
  MergingView,
  NoiseChoice,
  Reading,
  SelfView,
  SessionControls,
  SessionView,
} from '../../src/peer/view.ts';
import { fixtureInspection, localSurface } from './fixture-views.ts';

/** Controls over one view. */
export class FixtureSession implements SessionControls {
  view: SessionView;
  readonly calls: string[] = [];
  private readonly listeners = new Set<(view: SessionView) => void>();

  /** `isLive`: the local map moves ten times a second, as training moves it. */
  constructor(view: SessionView, isLive = false) {
    this.view = view;
    if (isLive) setInterval(() => this.train(), 100);
  }

  /** Replaces parts of the view. */
  show(part: Partial<SessionView>): void {
    this.view = { ...this.view, ...part };
    for (const listener of this.listeners) listener(this.view);
  }

  /** Another peer has linked. */
  meet(self: SelfView): void {
    const peers = this.view.peers;
    this.show({
      peers: [
        ...peers,
        {
          id: self.id,
          name: self.name,
          colour: peers.length + 1,
          kind: 'tab',
          link: 'linked',
          doing: 'training',
          isHidden: false,
          leftOut: undefined,
          silentMs: 0,
          bytesSent: 1_204,
          bytesReceived: 1_190,
        },
      ],
    });
  }

  subscribe(listener: (view: SessionView) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  setRunning(isRunning: boolean): void {
    this.learn(`setRunning ${isRunning}`, () => ({ isRunning }));
  }
  stepOnce(): void {
    this.learn('stepOnce', (learning) => ({ step: learning.step + 1 }));
  }
  reset(): void {
    this.calls.push('reset');
  }
  mergeNow(): void {
    this.calls.push('mergeNow');
    this.show({ merging: { ...this.view.merging, isCalling: true } });
  }
  setMerging(mode: MergingView['mode'], everySteps = this.view.merging.everySteps): void {
    this.calls.push(`setMerging ${mode} ${everySteps}`);
    this.show({ merging: { ...this.view.merging, mode, everySteps } });
  }
  setDisguise(choice: DisguiseChoice): void {
    const released = choice.type === 'randomise' ? 12 : 0;
    this.learn(`setDisguise ${choice.type}`, () => ({
      disguise: { choice, released, rho: 2 * released, epsilon: 4.2 * released },
    }));
  }
  personalise(): void {
    this.learn('personalise', (learning) => ({
      personal: { ...learning.federation!, accuracy: 0.81, ownAccuracy: 1 },
    }));
  }
  setOutlier(isOutlier: boolean): void {
    this.learn(`setOutlier ${isOutlier}`, () => ({ isOutlier }));
  }
  addReading(reading: Reading): void {
    this.learn(
      `addReading ${reading.x.toFixed(2)} ${reading.y.toFixed(2)} ${reading.isHot}`,
      (learning) => ({
        readings: [...learning.readings, reading],
      }),
    );
  }
  moveReading(index: number, x: number, y: number): void {
    this.learn(`moveReading ${index}`, (learning) => ({
      readings: learning.readings.map((reading, at) =>
        at === index ? { ...reading, x, y } : reading,
      ),
    }));
  }
  removeReading(index: number): void {
    this.learn(`removeReading ${index}`, (learning) => ({
      readings: learning.readings.filter((_, at) => at !== index),
    }));
  }
  leaveOut(peer: PeerId, isLeftOut: boolean): void {
    this.calls.push(`leaveOut ${isLeftOut}`);
    this.show({
      peers: this.view.peers.map((other) =>
        other.id === peer
          ? { ...other, leftOut: isLeftOut ? { untilRound: 23, by: this.view.self.id } : undefined }
          : other,
      ),
    });
  }
  answerRequest(name: string, agrees: boolean): void {
    this.calls.push(`answerRequest ${agrees}`);
    this.show({ requests: this.view.requests.filter((request) => request.name !== name) });
  }
  setTrust(isTrusted: boolean): void {
    this.calls.push(`setTrust ${isTrusted}`);
    this.show({ trust: { ...this.view.trust, own: isTrusted } });
  }
  setNoise(choice: NoiseChoice | undefined): void {
    this.calls.push(`setNoise ${choice?.multiplier}`);
    const noise: NoiseSetting | undefined = choice && {
      delta: 1e-5,
      ...choice,
      honest: Math.max(2, this.view.peers.length),
      colluding: 1,
      share: 1024,
    };
    this.show({ privacy: { ...this.view.privacy, noise } });
  }
  insistOnNoise(least: NoiseChoice | undefined): void {
    this.calls.push(`insistOnNoise ${least?.multiplier}`);
  }
  followNoise(peer: PeerId): void {
    this.calls.push('followNoise');
    const { asked } = this.view.privacy;
    const noise = asked.find((wish) => wish.peers.includes(peer))?.noise;
    this.show({ privacy: { ...this.view.privacy, noise, asked: [] } });
  }
  setBudget(epsilon: number | undefined): void {
    this.calls.push(`setBudget ${epsilon}`);
    this.show({ privacy: { ...this.view.privacy, budget: epsilon } });
  }
  rename(name: string): void {
    this.calls.push(`rename ${name}`);
    this.show({ self: { ...this.view.self, name } });
  }
  inspect(): Inspection | undefined {
    this.calls.push('inspect');
    return this.view.result ? fixtureInspection(this.view) : undefined;
  }
  stopInspecting(): void {
    this.calls.push('stopInspecting');
  }
  leave(): Promise<void> {
    this.calls.push('leave');
    return Promise.resolve();
  }

  private learn(call: string, change: (learning: LearningView) => Partial<LearningView>): void {
    this.calls.push(call);
    const learning = this.view.learning!;
    this.show({ learning: { ...learning, ...change(learning) } });
  }

  private train(): void {
    const learning = this.view.learning!;
    if (!learning.isRunning) return;
    const step = learning.step + 2;
    const local = { ...learning.local!, surface: localSurface(step), at: step };
    const curve = {
      ...learning.curve,
      local: [...learning.curve.local.slice(-599), { step, accuracy: local.accuracy }],
    };
    this.show({ learning: { ...learning, step, local, curve } });
  }
}
