// Chinese first, English second. A page hands in its own words; `t` finds them, and fills {name} places.
const KEPT = 'linli-language';
const all = {};
export let language = localStorage.getItem(KEPT) || 'zh';

export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en';
}

// addWords({key: ['中文', 'English'], ...})
export function addWords(words) {
  Object.assign(all, words);
}

export function t(key, values = {}) {
  const both = all[key];
  const text = both ? both[language === 'zh' ? 0 : 1] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

// A value that has both languages, as the server sends it: {zh, en}.
export const said = (both) => (both ? both[language] || both.zh || both.en || '' : '');

const ZONE = 'Asia/Shanghai'; // every office of ours lives by Beijing time
// Made once: a board of hundreds of times is drawn anew every second, and making a format costs more than the rest of a row.
const day = (locale) => new Intl.DateTimeFormat(locale, {timeZone: ZONE, month: '2-digit', day: '2-digit'});
const days = {zh: day('zh-CN'), en: day('en-GB')};
const clock = new Intl.DateTimeFormat('zh-CN', {timeZone: ZONE, hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false});

// `at`: milliseconds, or a text in ISO 8601.
export function time(at) {
  if (at === null || at === undefined || at === '') return '—';
  const moment = new Date(at);
  const today = days.zh.format(new Date()) === days.zh.format(moment);
  return today ? clock.format(moment) : `${(language === 'zh' ? days.zh : days.en).format(moment)} ${clock.format(moment)}`;
}

export function since(at, now = Date.now()) {
  const s = Math.max(0, Math.round((now - new Date(at)) / 1000));
  if (s < 60) return t('s', {n: s});
  if (s < 3600) return t('min', {n: Math.floor(s / 60), s: s % 60});
  if (s < 86400) return t('h', {n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60)});
  return t('d', {n: Math.floor(s / 86400)});
}

addWords({
  s: ['{n} 秒', '{n} s'], min: ['{n} 分 {s} 秒', '{n} min {s} s'], h: ['{n} 小时 {m} 分', '{n} h {m} min'], d: ['{n} 天', '{n} days'],
});
