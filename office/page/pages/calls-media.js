// The media of one call in this browser: offers in, answers out, tracks, data channel, figures. Knows no desk and no page.
//
// The kiosk always offers; every leg is a connection of its own, because the kiosk's engine has no ICE restart. What was
// opened here (camera, microphone) goes on from leg to leg. Answers carry all candidates: nothing trickles.
const GATHER_MS = 600; // a relay that has not answered by now is dead, or too far away to talk by
const SETTLED_MS = 60; // without a relay only this machine's own addresses are gathered, and they come at once
const FACE = {maxBitrate: 1_200_000, maxFramerate: 25};

// Call `hear(what, value)`: 'track' (a MediaStreamTrack), 'open' (the channel stands), 'data' (string or ArrayBuffer),
// 'state' (the connection's state). What an older leg still says is dropped.
export function makeMedia(hear) {
  const own = {audio: null, video: null};
  let pc = null, leg = 0, channel = null, picture = true, last = null;

  async function answer(offer, {ice = [], relayOnly = false} = {}) {
    const mine = new RTCPeerConnection({iceServers: ice, iceTransportPolicy: relayOnly ? 'relay' : 'all', bundlePolicy: 'max-bundle'});
    const before = pc;
    pc = mine; leg = offer.leg; channel = null; last = null;
    if (before) drop(before);
    const current = () => pc === mine;
    mine.ontrack = ({track}) => { if (current()) hear('track', track); };
    mine.onconnectionstatechange = () => { if (current()) hear('state', mine.connectionState); };
    mine.ondatachannel = ({channel: opened}) => { if (current() && opened.label === 'linli') take(opened, current); };
    try {
      await mine.setRemoteDescription({type: 'offer', sdp: offer.sdp});
      for (const way of mine.getTransceivers()) {
        way.direction = 'sendrecv';
        await way.sender.replaceTrack(own[way.receiver.track.kind] || null);
      }
      await mine.setLocalDescription(await mine.createAnswer());
      await gathered(mine, ice.length > 0);
      await bound(mine);
    } catch (error) {
      if (current()) throw error;
    }
    return current() ? mine.localDescription.sdp : null; // a newer leg came meanwhile: this answer is nobody's
  }

  function take(opened, current) {
    channel = opened;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({data}) => { if (current()) hear('data', data); };
    const open = () => { if (current()) hear('open'); };
    if (channel.readyState === 'open') open(); else channel.onopen = open;
  }

  // The size of the picture is chosen by the line; how much of the line it may take is not.
  async function bound(mine) {
    for (const sender of senders('video', mine)) {
      const wanted = sender.getParameters();
      if (!wanted.encodings || !wanted.encodings.length) continue;
      Object.assign(wanted.encodings[0], FACE, {active: picture});
      wanted.degradationPreference = 'balanced';
      await sender.setParameters(wanted).catch(() => {}); // a sender that was stopped meanwhile has no say
    }
  }

  const senders = (kind, of = pc) => (of ? of.getTransceivers().filter((way) => way.receiver.track.kind === kind).map((way) => way.sender) : []);

  return {
    answer,
    get leg() { return leg; },
    get state() { return pc ? pc.connectionState : 'new'; },
    get talks() { return !!channel && channel.readyState === 'open'; },
    own: (kind) => own[kind],

    // Another camera, another microphone, or none: the other end is not asked.
    async use(kind, track) {
      const old = own[kind];
      own[kind] = track;
      await Promise.all(senders(kind).map((sender) => sender.replaceTrack(track).catch(() => {})));
      if (old && old !== track) old.stop();
    },

    // The line carries no picture: ours is held back, its camera stays as it is.
    async sendPicture(on) {
      if (picture === on) return;
      picture = on;
      if (pc) await bound(pc);
    },

    // False when the channel does not stand, or cannot take more now.
    send(text) {
      if (!channel || channel.readyState !== 'open' || channel.bufferedAmount > 1_000_000) return false;
      channel.send(text);
      return true;
    },

    // What came in since the last time it was asked; null before the second.
    async measure(now = performance.now()) {
      if (!pc) return null;
      const seen = {at: now, of: pc, ...counted(await pc.getStats())};
      if (pc !== seen.of) return null;
      const before = last;
      last = seen;
      return before && before.of === seen.of ? between(before, seen) : null;
    },

    close() {
      const old = pc;
      pc = null; channel = null; last = null;
      if (old) drop(old);
      for (const kind of ['audio', 'video']) { if (own[kind]) own[kind].stop(); own[kind] = null; }
    },
  };
}

function drop(pc) {
  pc.ontrack = pc.onconnectionstatechange = pc.ondatachannel = null;
  pc.close();
}

// Complete, or enough: whoever waits for a dead relay keeps a person waiting.
function gathered(pc, relays) {
  if (pc.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((done) => {
    const settle = () => setTimeout(done, SETTLED_MS);
    const look = (event) => {
      if (pc.iceGatheringState === 'complete') done();
      else if (event && event.candidate && (event.candidate.type === 'relay' || !relays)) settle();
    };
    pc.addEventListener('icecandidate', look);
    pc.addEventListener('icegatheringstatechange', () => look());
    setTimeout(done, GATHER_MS);
  });
}

function counted(report) {
  const seen = {got: {audio: 0, video: 0}, lost: {audio: 0, video: 0}, bytes: 0, frames: 0, width: 0, height: 0, rtt: 0};
  for (const one of report.values()) {
    if (one.type === 'inbound-rtp' && seen.got[one.kind] !== undefined) {
      seen.got[one.kind] += one.packetsReceived || 0;
      seen.lost[one.kind] += one.packetsLost || 0;
      seen.bytes += one.bytesReceived || 0;
      if (one.kind === 'video') { seen.frames += one.framesDecoded || 0; seen.width = one.frameWidth || 0; seen.height = one.frameHeight || 0; }
    } else if (one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded') {
      seen.rtt = (one.currentRoundTripTime || 0) * 1000;
    }
  }
  return seen;
}

function between(a, b) {
  const seconds = Math.max(0.001, (b.at - a.at) / 1000);
  const got = (kind) => b.got[kind] - a.got[kind], lost = (kind) => Math.max(0, b.lost[kind] - a.lost[kind]);
  const share = (kind) => (got(kind) + lost(kind) ? lost(kind) / (got(kind) + lost(kind)) : 0);
  const frames = Math.max(0, (b.frames - a.frames) / seconds);
  return {
    sound: got('audio'), pictures: b.frames - a.frames, loss: share('audio'), picture_loss: share('video'), rtt_ms: b.rtt, frames_s: frames,
    width: b.width, height: b.height, kbit_s: ((b.bytes - a.bytes) * 8) / 1000 / seconds,
  };
}
