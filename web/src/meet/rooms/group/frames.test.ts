// @vitest-environment node
import { describe, expect, it } from "vitest";

import { type Bytes, random } from "@/vault/engine/encoding";

import { clearBytes, FrameDesk, openCard, sealCard } from "./frames";

const DANA = "dana";
const ROBIN = "robin";

function desk(own: string, key: Bytes | null, number = 1): FrameDesk {
  const made = new FrameDesk();
  if (key !== null) made.learn(number, key);
  made.send(number, own);
  made.mode = "sealed";
  return made;
}

const frame = (first: number, length = 200): Bytes => {
  const made = random(length);
  made[0] = first;
  return made;
};

describe("a frame between members of a group", () => {
  const key = random(32);

  it("comes through whole to whoever has the room's key", async () => {
    const seal = desk(DANA, key).sealer("video");
    for (const first of [0x10, 0x11]) {
      const data = frame(first);
      const sealed = (await seal(data))!;
      expect(await desk(ROBIN, key).open("video", sealed, DANA)).toEqual(data);
    }
  });

  it("shows the server its head and nothing else", async () => {
    const data = frame(0x10);
    const sealed = (await desk(DANA, key).sealer("video")(data))!;
    expect(sealed.slice(0, 10)).toEqual(data.slice(0, 10));
    expect(sealed.slice(10, 200)).not.toEqual(data.slice(10));
    expect([clearBytes("video", frame(0x10)), clearBytes("video", frame(0x11)), clearBytes("audio", frame(7))]).toEqual([10, 3, 1]);
  });

  it("is refused under a wrong key, as another's, or changed anywhere", async () => {
    const sealed = (await desk(DANA, key).sealer("audio")(frame(1)))!;
    const robin = desk(ROBIN, key);
    expect(await desk(ROBIN, random(32)).open("audio", sealed, DANA)).toBeNull();
    expect(await robin.open("audio", sealed, ROBIN)).toBeNull();
    for (const at of [0, 50, sealed.length - 5, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      expect(await robin.open("audio", changed, DANA)).toBeNull();
    }
    expect(robin.counts).toMatchObject({ opened: 0, refused: 5 });
  });

  it("is refused where it is too short to be one, and where it was never sealed", async () => {
    expect(await desk(ROBIN, key).open("audio", frame(1, 8), DANA)).toBeNull();
    expect(await desk(ROBIN, key).open("video", frame(0x10), DANA)).toBeNull();
  });

  it("is still opened for a while under the key that was replaced, and not for ever", async () => {
    const sealed = (await desk(DANA, key).sealer("audio")(frame(1)))!;
    const robin = desk(ROBIN, key);
    robin.learn(2, random(32));
    expect(await robin.open("audio", sealed, DANA)).not.toBeNull();
    for (const number of [3, 4, 5]) robin.learn(number, random(32));
    expect(await robin.open("audio", sealed, DANA)).toBeNull();
  });

  it("never goes out under the same IV twice", async () => {
    const seal = desk(DANA, key).sealer("audio");
    const seen = new Set<string>();
    for (let at = 0; at < 50; at += 1) {
      const sealed = (await seal(frame(1)))!;
      seen.add(sealed.slice(-13, -1).join(" "));
    }
    expect(seen.size).toBe(50);
  });

  it("stays here before it is known how frames go, and goes as it is only where that was said", async () => {
    const made = desk(DANA, key);
    made.mode = "hold";
    const data = frame(1);
    expect([await made.sealer("audio")(data), await made.open("audio", data, ROBIN)]).toEqual([null, null]);
    made.mode = "plain";
    expect([await made.sealer("audio")(data), await made.open("audio", data, ROBIN)]).toEqual([data, data]);
    expect(await desk(DANA, null).sealer("audio")(data)).toBeNull();
  });
});

describe("what somebody is called in a group", () => {
  it("is readable with the room's key alone, and as theirs alone", async () => {
    const key = random(32);
    const said = new TextEncoder().encode("Sparrow");
    const sealed = await sealCard(key, ROBIN, said);
    expect(await openCard(key, ROBIN, sealed)).toEqual(said);
    expect(await openCard(key, DANA, sealed)).toBeNull();
    expect(await openCard(random(32), ROBIN, sealed)).toBeNull();
  });
});
