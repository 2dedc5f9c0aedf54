import type { EncodedClip } from 'nano-emox';
import { afterEach, expect, it, vi } from 'vitest';
import { ClipStore } from './clip-store';

const clip = (): EncodedClip => ({ softTokens: [], modalities: [], evidence: {}, warnings: [] });
afterEach(() => vi.useRealTimers());

it('holds the last few, those in use longest', () => {
  const store = new ClipStore({ heldClips: 2, heldMs: 1000 });
  const [first, second] = [store.put(clip()), store.put(clip())];
  expect(store.get(first)).toBeDefined();
  const third = store.put(clip());
  expect([first, second, third].map((id) => store.get(id) !== undefined)).toEqual([true, false, true]);
  store.clear();
  expect(store.get(first)).toBeUndefined();
});

it('forgets a clip that nobody asked about for a while', () => {
  vi.useFakeTimers();
  const store = new ClipStore({ heldClips: 2, heldMs: 1000 });
  const id = store.put(clip());
  vi.advanceTimersByTime(900);
  expect(store.get(id)).toBeDefined();
  vi.advanceTimersByTime(900);
  expect(store.get(id)).toBeDefined();
  vi.advanceTimersByTime(1001);
  expect(store.get(id)).toBeUndefined();
});
