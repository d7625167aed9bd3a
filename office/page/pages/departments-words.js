// Words of the departments page, and a department as a form: read from the list, written back into it.
import {addWords, language, t} from '../words.js';

addWords({
  'dep.title': ['科室', 'Departments'], 'dep.hint': ['信息机按这个顺序显示。第一个是总台:不知道找谁的居民会点它。', 'Kiosks show them in this order. The first is the reception, for who does not know whom to ask.'],
  'dep.new': ['添加科室', 'Add a department'], 'dep.edit': ['修改', 'Edit'], 'dep.drop': ['隐藏', 'Hide'], 'dep.dropSure': ['“{name}”将从所有信息机上消失。用同一个代号可以再加回来。', '“{name}” goes from every kiosk. It comes back when it is added under the same id.'], 'dep.days': ['全办公室的节假日和调休在这里改:', 'Holidays and worked weekends of the whole office are edited here:'], 'dep.daysLink': ['设置', 'Settings'], 'dep.up': ['上移', 'Up'], 'dep.down': ['下移', 'Down'], 'dep.kept': ['已保存,信息机会更新', 'Saved; kiosks will follow'], 'dep.taken': ['已有这个代号', 'There is one with this id'],
  'dep.order': ['顺序', 'Order'], 'dep.name': ['名称', 'Name'], 'dep.words': ['通俗说明', 'Plain words'], 'dep.hours': ['开放时间', 'Hours'], 'dep.hotline': ['热线', 'Hotline'], 'dep.most': ['最多几人排队', 'Most in the queue'], 'dep.always': ['随时开放', 'Always open'],
  'dep.published': ['信息机上的版本:{version}', 'Version at the kiosks: {version}'], 'dep.unpublished': ['还没有发布到信息机', 'Not published to kiosks yet'], 'dep.preview': ['预览信息机画面', 'As the kiosk shows it'], 'dep.zh': ['中文', 'Chinese'], 'dep.en': ['英文', 'English'], 'dep.openNow': ['现在开放', 'Open now'], 'dep.shutNow': ['现在不开放', 'Closed now'],
  'dep.staff': ['谁接听哪个科室', 'Who answers which'], 'dep.staffHint': ['来电只在这些人的页面上响。', 'Calls ring at these people only.'], 'dep.who': ['姓名', 'Name'], 'dep.answers': ['接听', 'Answers'],
  'dep.f.span': ['开放时段 {n}', 'Hours {n}'], 'dep.f.badTime': ['结束要晚于开始', 'The end must be later than the beginning'], 'dep.f.badDay': ['日期写成 2026-10-01,每行一个', 'Write days as 2026-10-01, one a line'], 'dep.f.noDays': ['请勾选星期', 'Tick the weekdays'],
});

const WEEK = [['1', ['周一', 'Mon']], ['2', ['周二', 'Tue']], ['3', ['周三', 'Wed']], ['4', ['周四', 'Thu']], ['5', ['周五', 'Fri']], ['6', ['周六', 'Sat']], ['7', ['周日', 'Sun']]];
// What kiosks can draw.
const ICONS = ['', 'reception', 'civil', 'labour', 'housing', 'family', 'culture', 'city', 'safety', 'order'];
const MOST_SPANS = 6, DAY = /^\d{4}-\d{2}-\d{2}$/;

export const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const hoursOf = (department) => department.hours || [];
const english = () => language === 'en';
const dayName = (day) => WEEK[day - 1][1][english() ? 1 : 0];
// Five days in a row are one word.
const week = (days) => (days.length > 2 && days.every((day, n) => !n || day === days[n - 1] + 1) ? `${dayName(days[0])}${english() ? ' to ' : '至'}${dayName(days[days.length - 1])}` : days.map(dayName).join(english() ? ', ' : '、'));

export function hoursWords(department) {
  const byDays = new Map();
  for (const one of hoursOf(department)) byDays.set(week(one.days), [...(byDays.get(week(one.days)) || []), `${clock(one.opens)}–${clock(one.closes)}`]);
  return [...byDays].map(([days, times]) => `${days} ${times.join(english() ? ', ' : '、')}`).join(english() ? '; ' : ';') || t('dep.always');
}

// By Beijing time, as kiosks reckon.
export function opensNow(department, at = Date.now()) {
  if (!hoursOf(department).length) return true;
  const there = new Date(at + 8 * 3600000), day = there.toISOString().slice(0, 10), now = there.getUTCHours() * 60 + there.getUTCMinutes();
  if ((department.closed_on || []).includes(day)) return false;
  const worked = (department.open_on || []).includes(day), weekday = there.getUTCDay() || 7;
  return hoursOf(department).some((one) => one.days.includes(worked && weekday > 5 ? 1 : weekday) && one.opens <= now && now < one.closes);
}

const spans = (one) => Math.min(MOST_SPANS, Math.max(2, (one ? hoursOf(one.department).length : 0) + 1));

export function fields(one) {
  const own = Array.from({length: spans(one)}, (_, n) => [
    {name: `days${n}`, label: t('dep.f.span', {n: n + 1}), kind: 'checks', options: WEEK},
    {name: `opens${n}`, label: ['从', 'From'], kind: 'time'}, {name: `closes${n}`, label: ['到', 'To'], kind: 'time'},
  ]).flat();
  return [
    ...(one ? [] : [{name: 'id', label: ['代号(小写字母)', 'Id (small letters)'], required: true, maxlength: 32}]),
    {name: 'zh', label: ['名称', 'Name (Chinese)'], required: true, maxlength: 20}, {name: 'en', label: ['英文名称', 'Name (English)'], maxlength: 40},
    {name: 'words_zh', label: ['通俗说明,如“低保、养老、婚姻”', 'Plain words (Chinese)'], maxlength: 60, wide: true}, {name: 'words_en', label: ['英文说明', 'Plain words (English)'], maxlength: 120, wide: true},
    {name: 'hotline', label: ['热线电话', 'Hotline'], kind: 'tel', maxlength: 32}, {name: 'icon', label: ['图标', 'Icon'], kind: 'select', options: ICONS.map((id) => [id, id || '—'])}, {name: 'most', label: ['最多几人排队', 'Most in the queue'], kind: 'number', min: 0, max: 100, required: true},
    ...own,
    {name: 'closed_on', label: ['不开放的日子', 'Closed on'], kind: 'area', rows: 3, hint: ['每行一个,如 2026-10-01;含办公日历的节假日', 'one a line, as 2026-10-01; with the holidays of the office']}, {name: 'open_on', label: ['调休上班的周末', 'Weekends that are worked'], kind: 'area', rows: 3, hint: ['按周一的时间开放', 'with the hours of Monday']},
  ];
}

export function read(one) {
  if (!one) return {most: 10, days0: ['1', '2', '3', '4', '5'], opens0: '09:00', closes0: '12:00', days1: ['1', '2', '3', '4', '5'], opens1: '13:30', closes1: '17:30'};
  const {department: d} = one, values = {
    zh: d.name.zh, en: d.name.en || '', words_zh: (d.words || {}).zh || '', words_en: (d.words || {}).en || '', hotline: d.hotline || '', icon: d.icon || '', most: one.most,
    closed_on: (d.closed_on || []).join('\n'), open_on: (d.open_on || []).join('\n'),
  };
  hoursOf(d).forEach((span, n) => { values[`days${n}`] = span.days.map(String); values[`opens${n}`] = clock(span.opens); values[`closes${n}`] = clock(span.closes % 1440); });
  return values;
}

const wrong = (field, key) => Object.assign(new Error(t(key)), {field});

function days(values, name) {
  const all = values[name].split(/\s+/).filter(Boolean);
  if (all.some((day) => !DAY.test(day))) throw wrong(name, 'dep.f.badDay');
  return all;
}

// Throws with `field` what a person must put right.
export function write(values, one) {
  const hours = [];
  for (let n = 0; n < spans(one); n += 1) {
    const [opens, closes, on] = [values[`opens${n}`], values[`closes${n}`], values[`days${n}`]];
    if (!opens && !closes) continue;
    const from = minutes(opens || '00:00'), to = minutes(closes || '00:00') || 1440;
    if (to <= from) throw wrong(`closes${n}`, 'dep.f.badTime');
    if (!on.length) throw wrong(`days${n}`, 'dep.f.noDays');
    hours.push({days: on.map(Number), opens: from, closes: to});
  }
  const department = {
    ...(one ? one.department : {id: values.id.trim()}), name: {zh: values.zh.trim(), en: values.en.trim()}, words: {zh: values.words_zh.trim(), en: values.words_en.trim()}, icon: values.icon, hotline: values.hotline.trim(), hours, closed_on: days(values, 'closed_on'), open_on: days(values, 'open_on'),
  };
  return {department, most: values.most ?? 10};
}
