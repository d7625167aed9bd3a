// Words that the pages about devices share, and how an event of a device is said in one line.
import {html, nothing} from '../html.js';
import {addWords, language, since, t, time} from '../words.js';

addWords({
  'dev.ok': ['正常', 'In order'], 'dev.alarm': ['求助中', 'Alarm'], 'dev.silent': ['失联', 'Silent'], 'dev.low': ['电量低', 'Battery low'],
  'dev.fault': ['故障', 'Fault'], 'dev.unsure': ['网关离线', 'Gateway away'], 'dev.unknown': ['未登记', 'Not registered'], 'dev.camera': ['摄像头', 'Camera'],
  'dev.online': ['在线', 'Online'], 'dev.offline': ['离线', 'Offline'],
  'dev.ago': ['{since}前', '{since} ago'], 'dev.never': ['从未', 'never'],
  'dev.gateway': ['网关', 'Gateway'], 'dev.device': ['设备', 'Device'], 'dev.heard': ['最后消息', 'Last word'], 'dev.battery': ['电量', 'Battery'],
  'dev.state': ['状态', 'State'], 'dev.whose': ['住户和位置', 'Whose, and where'], 'dev.profile': ['类型', 'Profile'], 'dev.version': ['版本', 'Version'],
  'dev.faults': ['故障', 'Faults'], 'dev.none': ['没有', 'None'], 'dev.search': ['查找', 'Search'], 'dev.all': ['全部', 'All'], 'dev.when': ['时间', 'Time'],
  'dev.reason': ['原因', 'Reason'], 'dev.back': ['返回列表', 'Back to the list'], 'dev.details': ['原始内容', 'As it came'],
  'type.alarm': ['报警', 'Alarm'], 'type.alarm.update': ['报警更新', 'News of an alarm'], 'type.position': ['位置', 'Position'],
  'type.contact': ['门磁', 'Contact'], 'type.status': ['状态', 'Status'], 'type.reading': ['读数', 'Reading'], 'type.motion': ['有人移动', 'Motion'],
  'type.code': ['射频码', 'Radio code'], 'type.fault': ['故障', 'Fault'], 'type.look': ['查看摄像头', 'Camera look'], 'type.clock': ['校时', 'Clock'],
  'type.submission': ['提交', 'Submission'], 'type.pathcheck': ['通路自检', 'Path check'],
  'say.open': ['打开', 'open'], 'say.closed': ['关闭', 'closed'], 'say.test': ['测试', 'test'], 'say.stored': ['补传', 'stored'],
  'cause.sos': ['求助', 'SOS'], 'cause.fallDown': ['跌倒', 'fall'], 'cause.lowBattery': ['电量低', 'low battery'], 'cause.lowPower': ['电压低', 'low power'],
  'cause.tampering': ['外壳被打开', 'housing opened'], 'cause.powerCut': ['断电', 'power cut'], 'cause.removing': ['被取下', 'taken off'],
});

const or = (key, text) => { const found = t(key); return found === key ? text : found; };

export const typed = (type) => (type ? or(`type.${type.replace(/^linli\./, '').replace(/\.v\d+$/, '')}`, type) : '—');
export const caused = (cause) => or(`cause.${cause}`, cause);
export const ago = (at) => (at ? t('dev.ago', {since: since(at)}) : t('dev.never'));
export const when = (at) => (at ? html`<span title=${time(at)}>${ago(at)}</span>` : html`<span>${t('dev.never')}</span>`);
export const percent = (row) => (row.battery === null ? '—' : `${Math.round(row.battery)} %`);
export const deviceLink = (row) => `#/devices/${encodeURIComponent(row.gateway)}/${encodeURIComponent(row.device)}`;
export const query = (values) => Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined)
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');

export const badges = (row) => html`
  ${row.silent ? html`<span class="badge bad">✕ ${t('dev.silent')}</span> ` : nothing}
  ${row.faults ? html`<span class="badge bad">◆ ${t('dev.fault')} ${row.faults}</span> ` : nothing}
  ${row.low ? html`<span class="badge warn">▂ ${t('dev.low')}</span> ` : nothing}
  ${row.gateway_online ? nothing : html`<span class="badge warn">○ ${t('dev.unsure')}</span> `}
  ${row.registered ? nothing : html`<span class="badge warn">? ${t('dev.unknown')}</span> `}
  ${row.camera ? html`<span class="badge">${t('dev.camera')}</span> ` : nothing}
  ${!row.silent && !row.faults && !row.low && row.gateway_online && row.registered ? html`<span class="badge good">✓ ${t('dev.ok')}</span>` : nothing}`;

// What an event says, for people; everything else of it stands behind "as it came".
export function summed(data) {
  if (!data || typeof data !== 'object') return '';
  const parts = [];
  if (data.alarm) parts.push(caused(data.alarm));
  if (data.fault) parts.push(`${data.fault} ${data.active ? '↑' : '↓'}`);
  if (data.open !== undefined && data.open !== null) parts.push(t(data.open ? 'say.open' : 'say.closed'));
  if (data.place) parts.push(`${data.place.lat.toFixed(5)}, ${data.place.lon.toFixed(5)}`);
  if (data.reason) parts.push(data.reason);
  Object.entries(data.attributes || {}).slice(0, 6).forEach(([name, value]) => parts.push(`${name} ${value}`));
  if (data.test) parts.push(t('say.test'));
  if (data.stored) parts.push(t('say.stored'));
  return parts.join(language === 'zh' ? ',' : ', ');
}
