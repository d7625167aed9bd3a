// How the line is, from what a second brought in: a word for people, whether there is any line, whether it carries a picture.
//
// Pure: takes measures (calls-media) and times, gives a verdict. Sound decides: it flows also while nobody moves.
export const DEAD_MS = 3000;
const FAIR = {loss: 0.02, rtt_ms: 300}, POOR = {loss: 0.08, rtt_ms: 700};
const TOO_POOR = 0.14, WELL_AGAIN = 0.06; // loss at which a picture would take the room of words; and at which it comes back
const PATIENCE_MS = 2000, CAUTION_MS = 4000;
const SMOOTH = 0.4; // of the newest second: about three seconds count

// {word: 'good' | 'fair' | 'poor' | 'away', awaySince, soundOnly, media, loss, rtt_ms}
export function makeLine() {
  let heardAt = 0, loss = 0, rtt = 0, over = 0, under = 0, soundOnly = false, media = false, first = true;

  function learn(measure, now) {
    media = measure.sound > 0 || measure.pictures > 0;
    if (media) heardAt = now;
    if (measure.sound > 0) {
      const weight = first ? 1 : SMOOTH;
      loss += weight * (Math.max(measure.loss, 0) - loss);
      rtt += weight * (measure.rtt_ms - rtt);
      first = false;
    }
    over = loss > TOO_POOR ? over || now : 0;
    under = loss < WELL_AGAIN ? under || now : 0;
    if (!soundOnly && over && now - over >= PATIENCE_MS) soundOnly = true;
    if (soundOnly && under && now - under >= CAUTION_MS) soundOnly = false;
  }

  function verdict(now) {
    const away = heardAt > 0 && now - heardAt >= DEAD_MS;
    const worse = (limit) => loss > limit.loss || rtt > limit.rtt_ms;
    const word = away ? 'away' : soundOnly || worse(POOR) ? 'poor' : worse(FAIR) ? 'fair' : 'good';
    return {word, awaySince: away ? heardAt : 0, soundOnly, media: media && !away, loss, rtt_ms: rtt};
  }

  return {
    learn,
    verdict,
    // A new leg: from its beginning it has the time that a dead one is given.
    anew(now) { heardAt = now; first = true; over = under = 0; },
    // On hold nothing has to come.
    still(now) { heardAt = now; },
  };
}
