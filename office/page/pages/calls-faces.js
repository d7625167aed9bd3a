// The kiosk's picture and sound and our own picture, as elements that are made once and put wherever the page wants them.
function video() {
  const element = document.createElement('video');
  element.autoplay = true; element.playsInline = true; element.muted = true;
  return element;
}

export const face = video(), self = video(), ear = new Audio();
ear.autoplay = true;

// `silent(blocked)` is told whether the browser lets it sound; it must, after a click, but a page may have had none.
export function show(element, track, silent = () => {}) {
  element.srcObject = track ? new MediaStream([track]) : null;
  if (track) play(element, silent);
}

export function play(element, silent = () => {}) {
  element.play().then(() => silent(false), (error) => { if (element === ear && error.name === 'NotAllowedError') silent(true); });
}

// A <video> that was taken out of the page and put back stands still until it is told to play.
export function wake() {
  for (const element of [face, self]) if (element.isConnected && element.srcObject && element.paused) play(element);
}

export function clear() {
  for (const element of [face, self, ear]) element.srcObject = null;
  ear.muted = false;
}
