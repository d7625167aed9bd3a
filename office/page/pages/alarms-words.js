// What the alarm board says, and how it names what the gateways and the centre send.
import {addWords, language, t} from '../words.js';

addWords({
  'al.title': ['警报', 'Alarms'],
  'al.open': ['未结束的警报({n})', 'Open alarms ({n})'],
  'al.none': ['没有未结束的警报', 'No open alarms'],
  'al.more': ['还有 {n} 条没有显示,请先处理上面的', '{n} more are not shown, work on these first'],
  'al.closed': ['已结束', 'Closed'],
  'al.take': ['接警', 'Take it'],
  'al.takeKey': ['接最早的一条(F2)', 'Take the oldest (F2)'],
  'al.keys': ['快捷键:F2 接最早的一条,F4 把打开的警报转为案件', 'Keys: F2 takes the oldest alarm, F4 turns the opened one into a case'],
  'al.lost': ['{name} 已经先接了', '{name} was first'],
  'al.lostClosed': ['{name} 已经结束了这条警报', '{name} has closed it already'],
  'al.yours': ['您接的', 'Yours'],
  'al.has': ['{name} 接的', 'With {name}'],
  'al.since': ['已等 {t}', 'waiting {t}'],
  'al.lasts': ['已过 {t}', 'for {t}'],
  'al.presses': ['按了 {n} 次', 'pressed {n} times'],
  'al.late': ['网关断线,{t}后才收到', 'came {t} late, the gateway was offline'],
  'al.in': ['还有 {t}到', 'due in {t}'],
  'al.over': ['说好的时间已过 {t}', '{t} past the promised time'],
  'al.unknown': ['登记里没有这台设备', 'The register does not know this device'],
  'al.device': ['设备 {device} · 网关 {gateway}', 'Device {device} · gateway {gateway}'],
  'al.gateway': ['网关 {gateway}', 'Gateway {gateway}'],
  'al.centre': ['值班中心', 'The centre'],
  'al.rings': ['正在呼叫:{names}', 'Ringing at: {names}'],
  'al.everyone': ['全体', 'everyone'],
  'al.notes': ['{n} 条记录', '{n} notes'],
  'al.case': ['案件 {number}', 'Case {number}'],
  'al.back': ['← 全部警报', '← All alarms'],
  'al.gone': ['没有这条警报', 'There is no such alarm'],
  'al.barName': ['需要您处理的警报', 'Alarms that need you'],
  'al.bar': ['{n} 条警报没有人接', '{n} alarms nobody has taken'],
  'al.barMine': ['您接的 {n} 条警报需要您看一下', '{n} alarms of yours need a look'],
  'al.show': ['查看', 'Show'],
  'al.mute': ['这个页面现在发不出声音', 'This page cannot sound now'],
  'al.unmute': ['打开声音', 'Turn sound on'],
  'al.notice': ['有新警报', 'New alarm'],
  'al.noticeBody': ['请打开值班台接警', 'Open the desk and take it'],
  'al.volume': ['音量', 'Volume'],
  'al.loading': ['正在读取…', 'Loading…'],
  // the card
  'al.pole': ['灯杆 {pole}', 'Pole {pole}'],
  'al.born': ['{year} 年生({age} 岁)', 'born {year} ({age})'],
  'al.secrets': ['联系人与健康备注', 'Contacts and notes'],
  'al.secretsShow': ['查看(会留下记录)', 'Show (this is recorded)'],
  'al.secretsNone': ['没有登记联系人和备注', 'No contacts or notes are registered'],
  'al.near': ['住在附近', 'Who lives near'],
  'al.nearNone': ['登记里附近没有别人', 'Nobody near is registered'],
  'al.sendThem': ['请他去看看', 'Ask them to go'],
  'al.state': ['设备现在怎样', 'The device now'],
  'al.last': ['最后一次消息', 'Last word'],
  'al.never': ['从来没有消息', 'Never said anything'],
  'al.battery': ['电量', 'Battery'],
  'al.position': ['位置', 'Position'],
  'al.box': ['网关', 'Gateway'],
  'al.online': ['在线', 'online'],
  'al.offline': ['不在线(最后 {at})', 'offline (last {at})'],
  'al.unregistered': ['未登记的设备', 'not registered'],
  'al.pictures': ['当时的照片', 'Pictures around it'],
  'al.look': ['查看照片(会留下记录)', 'Look (this is recorded)'],
  'al.pictureComes': ['照片还在路上', 'The picture is still on its way'],
  'al.lines': ['经过', 'What was done'],
  'al.around': ['设备前后的消息', 'What the device said around it'],
  'al.earlier': ['以前的警报', 'Earlier alarms'],
  'al.earlierNone': ['以前没有警报', 'No earlier alarms'],
  'al.evidence': ['取证页', 'Proof'],
  // doing
  'al.way': ['告诉老人谁来了…', 'Tell them who comes…'],
  'al.wayHint': ['老人的设备会读出来', "The elder's device says it aloud"],
  'al.own': ['自己写', 'My own words'],
  'al.minutes': ['几分钟到', 'Minutes'],
  'al.text': ['要说的话(最多 60 字)', 'Words (60 letters at most)'],
  'al.say': ['说给老人听', 'Say it'],
  'al.note': ['记一笔', 'Write a note'],
  'al.noteKeep': ['记下', 'Keep'],
  'al.send': ['派人去…', 'Send somebody…'],
  'al.sendGo': ['派去', 'Send'],
  'al.sendHint': ['不是网格员时填写', 'Unless it is a warden'],
  'al.warden': ['网格员', 'Grid warden'],
  'al.neighbour': ['邻居或别人', 'A neighbour or somebody else'],
  'al.name': ['怎么称呼', 'Name'],
  'al.phone': ['手机号', 'Phone number'],
  'al.link': ['把这个链接发给对方(两小时内有效,警报结束就失效):', 'Send them this link (good for two hours, ends with the alarm):'],
  'al.copy': ['复制', 'Copy'],
  'al.copied': ['已复制', 'Copied'],
  'al.revoke': ['叫回来', 'Call back'],
  'al.hand': ['转交…', 'Hand on…'],
  'al.handTo': ['转给谁', 'To whom'],
  'al.handGo': ['转交', 'Hand on'],
  'al.toCase': ['转为案件(F4)', 'Make it a case (F4)'],
  'al.madeCase': ['已转为案件 {number}', 'Is now case {number}'],
  'al.close': ['结束…', 'Close…'],
  'al.closeGo': ['结束这条警报', 'Close this alarm'],
  'al.reason': ['结果是', 'It was'],
  'al.closeText': ['情况说明', 'What happened'],
  'al.still': ['还在处理', 'Still on it'],
  'al.remind': ['很久没有动静了,请确认', 'Nothing has happened for a while, please look'],
  'al.sure': ['这条警报是别人接的', 'A colleague has this alarm'],
  'al.took': ['用时', 'Took'],
  'al.when': ['结束时间', 'Closed'],
  'al.what': ['警报', 'Alarm'],
  'al.where': ['谁、在哪里', 'Who and where'],
  'al.result': ['结果', 'Result'],
  'al.by': ['谁结束的', 'By'],
  'al.settings': ['呼叫时间(秒)', 'Times of the escalation (seconds)'],
  'al.settingsKept': ['已保存', 'Saved'],
  // states
  'al.state.open': ['没有人接', 'Nobody has it'], 'al.state.taken': ['已接', 'Taken'], 'al.state.way': ['有人去了', 'On the way'],
  'al.state.there': ['已到现场', 'There'], 'al.state.closed': ['已结束', 'Closed'],
  'al.kind.emergency': ['紧急', 'Emergency'], 'al.kind.trouble': ['故障', 'Trouble'], 'al.kind.test': ['测试', 'TEST'], 'al.kind.drill': ['演练', 'DRILL'],
  'al.reason.real': ['真实求助', 'Real'], 'al.reason.false': ['误报', 'False alarm'], 'al.reason.test': ['测试', 'Test'], 'al.reason.drill': ['演练', 'Drill'],
  // lines of the history
  'al.l.raised': ['设备报警', 'The device raised it'], 'al.l.received': ['中心收到', 'The centre has it'],
  'al.l.own': ['中心自己报警', 'The centre raised it'],
  'al.l.call.first': ['呼叫 {name}', 'Rings at {name}'], 'al.l.call.next': ['没有人接,再呼叫 {name}', 'Not taken; rings at {name} too'],
  'al.l.call.everyone': ['没有人接,呼叫全体', 'Not taken; rings at everyone'], 'al.l.call.phone': ['电话外呼', 'Phoned out'],
  'al.l.call.remind': ['很久没有动静,提醒 {name}', 'Nothing happened; {name} was reminded'], 'al.l.call.remind_all': ['仍没有动静,提醒全体', 'Still nothing; everyone was reminded'],
  'al.l.step.acknowledge': ['{name} 接警', '{name} took it'], 'al.l.step.on_the_way': ['{name} 告诉老人:', '{name} told the elder:'], 'al.l.step.close': ['{name} 结束:', '{name} closed it:'],
  'al.l.handed': ['{name} 转交给', '{name} handed it to'], 'al.l.note.note': ['{name} 记:', '{name} noted:'], 'al.l.note.close': ['{name} 说明:', '{name} on how it ended:'], 'al.l.note.still': ['{name} 还在处理', '{name} is still on it'],
  'al.l.errand.sent': ['派 {name} 去', '{name} was sent'], 'al.l.errand.seen': ['{name} 打开了链接', '{name} opened the link'], 'al.l.errand.accept': ['{name} 答应去', '{name} is going'],
  'al.l.errand.arrived': ['{name} 到了', '{name} is there'], 'al.l.errand.found': ['{name} 看到:', '{name} found:'], 'al.l.errand.cannot': ['{name} 去不了', '{name} cannot come'],
  'al.phone.waiting': ['等待中', 'waiting'], 'al.phone.begun': ['正在拨', 'under way'], 'al.phone.done': ['已送达', 'delivered'], 'al.phone.failed': ['失败,没有人被叫到', 'failed, nobody was reached'], 'al.phone.unknown': ['不确定是否送达', 'it is not known whether it was delivered'],
  'al.somebody': ['邻居', 'the neighbour'],
  // errands on the row
  'al.e.sent': ['已发给 {name}', 'Sent to {name}'], 'al.e.seen': ['{name} 看到了', '{name} has seen it'], 'al.e.accept': ['{name} 正在去', '{name} is going'], 'al.e.arrived': ['{name} 到了', '{name} is there'],
  'al.e.found': ['{name} 有回话', '{name} reports'], 'al.e.cannot': ['{name} 去不了', '{name} cannot come'], 'al.e.revoked': ['{name} 已叫回', '{name} was called back'],
});

const CAUSES = {
  sos: ['紧急求助', 'SOS'], fallDown: ['跌倒', 'Fall'], intrusion: ['有人闯入', 'Intrusion'], smoke: ['烟雾', 'Smoke'], gas: ['燃气', 'Gas'], water: ['漏水', 'Water leak'], fire: ['火警', 'Fire'],
  lowBattery: ['电量低', 'Low battery'], powerCut: ['断电', 'Power cut'], tampering: ['被拆动', 'Tampered with'], geofenceExit: ['走出范围', 'Left the area'], noMovement: ['长时间没有活动', 'No movement'], heartRate: ['心率异常', 'Heart rate'],
  gatewaySilent: ['网关失联', 'Gateway silent'], brokerLost: ['与平台断线,收不到任何警报', 'No line to the broker: no alarm can come'], centreDataMissing: ['数据缺失', 'Data missing'],
  sequenceReused: ['网关数据异常', 'Gateway data inconsistent'], unreadableAlarm: ['有警报看不懂,可能有人求助', 'An unreadable alarm: somebody may be calling'],
};
const EVENTS = {
  alarm: ['警报', 'Alarm'], 'alarm.update': ['警报更新', 'Alarm update'], position: ['位置', 'Position'], contact: ['门磁', 'Door contact'], status: ['状态', 'Status'], reading: ['读数', 'Reading'], motion: ['活动', 'Motion'], code: ['遥控码', 'Code'], fault: ['故障', 'Fault'],
};
const pick = (both) => both[language === 'zh' ? 0 : 1];

// A cause nobody named yet is shown as it came, and is an alarm all the same.
export const causeWords = (cause) => (CAUSES[cause] ? pick(CAUSES[cause]) : cause || t('al.what'));
export const eventWords = (type) => {
  const name = type.replace(/^linli\./, '').replace(/\.v\d+$/, '');
  return EVENTS[name] ? pick(EVENTS[name]) : name;
};
// The centre's own words about its own alarms.
const OWN = {
  'the line is back': ['连接已恢复', 'the line is back'], 'it speaks again': ['又有消息了', 'it speaks again'],
  'the receiver has no line to the broker': ['接收程序连不上消息服务器', 'the receiver has no line to the broker'], 'not a word, by any topic': ['90 秒没有任何消息', 'not a word for 90 seconds'],
};
export const reasonWords = (reason) => (['real', 'false', 'test', 'drill'].includes(reason) ? t(`al.reason.${reason}`) : OWN[reason] ? pick(OWN[reason]) : reason);

// Who did it, where no account says so: the role that went down, or the centre itself.
const ROLES = {centre: ['中心(自动)', 'the centre'], duty: ['值班员', 'a duty clerk'], system: ['系统', 'the system']};
export const byWords = (by) => (ROLES[by] ? pick(ROLES[by]) : by);
