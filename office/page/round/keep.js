// What the phone keeps when there is no line: jobs to send with their photos, and the last answers of the desk.
// IndexedDB, written with strict durability: what `addJob` promised is on the phone's disk. No page, no window: the worker uses it too.
//
// A job: {id, account, kind: 'report' | 'progress' | 'errand', about, body, photos: [{blob, sha256}], made, state: 'waiting' | 'sent' | 'refused', ...}
const NAME = 'linli-round', VERSION = 1;
let opening = null;

function open() {
  opening ||= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('jobs', {keyPath: 'id'});
      asked.result.createObjectStore('kept');
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opening = null; };
      asked.result.onclose = () => { opening = null; };
      done(asked.result);
    };
    asked.onerror = () => { opening = null; failed(asked.error); };
  });
  return opening;
}

async function within(store, mode, work) {
  const base = await open();
  return new Promise((done, failed) => {
    const transaction = base.transaction(store, mode, {durability: 'strict'});
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(asked && asked.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error || new Error('not kept'));
  });
}

export const putJob = (job) => within('jobs', 'readwrite', (store) => store.put(job));
export const removeJob = (id) => within('jobs', 'readwrite', (store) => store.delete(id));

// One transaction: what another tab or the worker did to the job meanwhile is not overwritten.
export async function changeJob(id, change) {
  await within('jobs', 'readwrite', (store) => {
    const asked = store.get(id);
    asked.onsuccess = () => { if (asked.result) store.put(Object.assign(asked.result, change(asked.result))); };
    return asked;
  });
}

export async function allJobs() {
  const jobs = await within('jobs', 'readonly', (store) => store.getAll());
  return jobs.sort((one, other) => one.made - other.made);
}

export const keep = (name, value) => within('kept', 'readwrite', (store) => store.put(value, name));
export const kept = (name) => within('kept', 'readonly', (store) => store.get(name));
export const forget = () => within('kept', 'readwrite', (store) => store.clear());
