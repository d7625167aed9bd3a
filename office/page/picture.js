// A photo made small enough to send over a poor line: turned upright, at most 1600 pixels, without what the telephone wrote into it.
export const EDGE = 1600;

// A File or Blob in, a JPEG Blob out. Throws when it is no picture that this browser can read.
export async function smaller(file, edge = EDGE, quality = 0.82) {
  const image = await createImageBitmap(file, {imageOrientation: 'from-image'});
  const scale = Math.min(1, edge / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('the picture cannot be encoded'))), 'image/jpeg', quality);
  });
}
