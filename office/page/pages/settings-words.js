// Words of the settings, and small things about days and minutes.
import {html} from '../html.js';
import {addWords, language, t} from '../words.js';

addWords({
  'set.title': ['设置', 'Settings'], 'set.audited': ['每次修改都会记入审计记录。', 'Every change stands in the audit log.'], 'set.alarmTimes': ['警报升级时间在警报页面设置', 'Times of the escalation are set on the alarm page'],
  'set.edit': ['修改', 'Edit'], 'set.kept': ['已保存', 'Saved'], 'set.recounted': ['已保存,{n} 件在办案件的时限已重新计算', 'Saved; {n} deadlines of open cases were counted anew'],
  'set.kinds': ['案件类别', 'Kinds of cases'], 'set.new.kinds': ['新类别', 'New kind'], 'set.departments': ['科室', 'Departments'], 'set.new.departments': ['新科室', 'New department'], 'set.kind': ['类别', 'Kind'], 'set.allKinds': ['通用', 'All others'],
  'set.name': ['名称', 'Name'], 'set.zh': ['中文名称', 'Name in Chinese'], 'set.en': ['英文名称', 'Name in English'], 'set.id': ['代号', 'Id'], 'set.idHint': ['小写字母、数字和短横线,以后不能改', 'small letters, digits, dashes; stays for good'], 'set.taken': ['这个代号已有', 'this id is taken'],
  'set.active': ['使用中(停用后旧案件仍保留名称)', 'In use (old cases keep the name of one that is not)'], 'set.inUse': ['使用中', 'in use'], 'set.outOfUse': ['已停用', 'out of use'], 'set.state': ['状态', 'State'],
  'set.scope': ['管什么', 'What for'], 'set.scopeZh': ['管什么(居民能懂的话)', 'What for, in Chinese'], 'set.scopeEn': ['管什么(英文)', 'What for, in English'], 'set.goesTo': ['通常派给', 'Usually goes to'], 'set.nowhere': ['由值班员决定', 'the clerk decides'],
  'set.limits': ['办理时限', 'Deadlines'], 'set.limitsText': ['单位为工作小时;浅色的是沿用通用时限。新时限从下一个环节起生效。', 'In working hours; pale ones are those of all others. New ones count from the next step on.'],
  'set.limitsAll': ['没有单独时限的类别按此执行。', 'For every kind without its own.'], 'set.limitsOwn': ['留空则按通用时限。', 'Empty: as for all others.'],
  'set.hours': ['办公时间', 'Office hours'], 'set.openFrom': ['办公时间', 'Office hours'], 'set.editHours': ['修改办公时间', 'Edit the hours'], 'set.from': ['第 {n} 段开始', 'Span {n} from'], 'set.to': ['第 {n} 段结束', 'Span {n} to'],
  'set.days': ['工作日历', 'Calendar'], 'set.daysText': ['周一至周五上班,周末休息;这里只登记例外:法定节假日和调休上班日(国务院办公厅每年 11 月公布)。', 'Monday to Friday are worked; here stand the exceptions: holidays and weekend days that are worked instead, published each November.'],
  'set.noCalendar': ['{year} 年还没有日历:目前只有周末休息,节假日也会计入时限。请按国务院办公厅的通知登记。', 'There is no calendar for {year}: weekends alone are off, and holidays count towards deadlines. Enter the published days.'],
  'set.newDay': ['添加节假日或调休', 'Add days'], 'set.editDay': ['修改', 'Edit a day'], 'set.year': ['年份', 'Year'], 'set.day': ['日期', 'Day'], 'set.first': ['从', 'From'], 'set.until': ['到(含)', 'Until, included'], 'set.untilHint': ['只有一天可不填', 'empty for one day'],
  'set.what': ['安排', 'What'], 'set.off': ['休息', 'Off'], 'set.on': ['上班', 'Worked'], 'set.why': ['原因', 'Why'], 'set.drop': ['删除', 'Remove'], 'set.dropText': ['{day} {why}:删除后按平常的星期计算。', '{day} {why}: counts as its weekday again.'],
  'set.badSpan': ['这段日期里没有需要登记的日子(最多 31 天)', 'no day to enter in this span (31 days at most)'],
  'set.ways': ['其他程序的来件与回传', 'Ways of other programs'], 'set.waysText': ['来件须带签名;密钥只在生成时显示一次。答复会发到回传地址。', 'What comes in is signed; a secret is shown once, when it is made. Answers go to the reply address.'], 'set.way': ['来件与回传', 'A way'],
  'set.source': ['来源', 'Source'], 'set.address': ['来件地址', 'Comes in at'], 'set.url': ['答复回传地址', 'Reply address'], 'set.urlHint': ['https 地址;留空则不回传', 'https; empty: nothing is sent back'], 'set.open': ['开放', 'Open'], 'set.renew': ['换新密钥(旧的立即失效)', 'Make a new secret; the old one ends at once'],
  'set.isOpen': ['开放', 'open'], 'set.isShut': ['已关闭', 'closed'], 'set.never': ['未设置', 'not set'], 'set.secret': ['新密钥', 'New secret'], 'set.secretOnce': ['请现在抄给对方:关闭后不再显示。', 'Give it to the other side now: it is not shown again.'], 'set.secretKept': ['已抄好', 'I have it'],
});

export const STEPS = ['received', 'dispatch', 'handle', 'verify', 'reply', 'close'];
const TITLES = {received: ['登记', 'Received'], dispatch: ['派遣', 'Dispatch'], handle: ['处理', 'Handle'], verify: ['核查', 'Verify'], reply: ['回复', 'Reply'], close: ['结案', 'Close']};
export const stepTitle = (step) => TITLES[step][language === 'zh' ? 0 : 1];
export const both = (key, n) => t(key, {n});

export const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

// A day that ends at midnight ends at minute 1440, which a clock shows as 00:00.
export const fromClock = (text, ends = false) => {
  const [hour, minute] = (text || '0:0').split(':').map(Number);
  return ends && !hour && !minute ? 1440 : hour * 60 + minute;
};

const WEEK = [['日', 'Sun'], ['一', 'Mon'], ['二', 'Tue'], ['三', 'Wed'], ['四', 'Thu'], ['五', 'Fri'], ['六', 'Sat']];
const weekday = (text) => new Date(`${text}T00:00:00Z`).getUTCDay();
export const date = (text) => (language === 'zh' ? `${text} 星期${WEEK[weekday(text)][0]}` : `${text} ${WEEK[weekday(text)][1]}`);

// The days of a span that differ from their weekday: weekdays that are off, or weekend days that are worked.
export function exceptions(first, until, works) {
  const days = [];
  for (let at = Date.parse(`${first}T00:00:00Z`), n = 0; at <= Date.parse(`${until}T00:00:00Z`); at += 86400000, n += 1) {
    if (n > 30) return [];
    const text = new Date(at).toISOString().slice(0, 10), weekend = [0, 6].includes(weekday(text));
    if (weekend === works) days.push(text);
  }
  return days;
}

export const wide = (title, heads, rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${title}><table><caption class="unseen">${title}</caption>
  <thead><tr>${heads.map((head) => (head ? html`<th scope="col">${head}</th>` : html`<td></td>`))}</tr></thead><tbody>${rows}</tbody></table></div>`;
