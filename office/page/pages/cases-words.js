// Words of cases, and the vocabulary the office edits: kinds, departments, people.
import {get} from '../ask.js';
import {addWords, language, said, t} from '../words.js';

addWords({
  'case.title': ['案件', 'Cases'], 'case.list': ['案件列表', 'Case list'], 'case.new': ['登记案件(F8)', 'New case (F8)'], 'case.newTitle': ['登记案件', 'New case'], 'case.orTyped': ['或输入编号', 'Or type its number'], 'case.choose': ['选择主案件', 'Choose the case that leads'], 'case.import': ['导入区派件', 'Import dispatches'],
  'case.export': ['导出办理结果', 'Export results'], 'case.open': ['在办', 'Open'], 'case.all': ['全部', 'All'], 'case.filter': ['筛选', 'Filter'],
  'case.number': ['编号', 'Number'], 'case.words': ['内容', 'What'], 'case.place': ['地点', 'Where'], 'case.step': ['环节', 'Step'], 'case.kind': ['类别', 'Kind'],
  'case.department': ['科室', 'Department'], 'case.assignee': ['承办人', 'With'], 'case.due': ['时限', 'Due'], 'case.begun': ['受理时间', 'Begun'], 'case.source': ['来源', 'Source'],
  'case.any': ['不限', 'Any'], 'case.mine': ['我承办的', 'Mine'], 'case.overdue': ['超时', 'Overdue'], 'case.late': ['已超时 {since}', '{since} late'], 'case.left': ['还有 {since}', '{since} left'],
  'case.search': ['查找:编号、内容、地点、杆号', 'Find: number, words, place, pole'], 'case.none': ['没有这样的案件', 'No such cases'], 'case.held': ['挂起到 {at}', 'On hold until {at}'],
  'case.tally': ['在办 {open} 件,超时 {overdue} 件,一天内到期 {soon} 件,待派遣 {waiting} 件', '{open} open, {overdue} overdue, {soon} due within a day, {waiting} to dispatch'],
  'case.follows': ['并入 {number}', 'Follows {number}'], 'case.district': ['区编号 {number}', 'District {number}'], 'case.districtDue': ['区时限', "District's deadline"],
  'case.line': ['办理进度', 'Progress'], 'case.done': ['已完成', 'done'], 'case.now': ['正在办理', 'now'], 'case.todo': ['未开始', 'to come'],
  'case.history': ['办理记录', 'History'], 'case.actions': ['操作', 'Actions'], 'case.facts': ['案件信息', 'Facts'], 'case.files': ['图片和录音', 'Pictures and sound'],
  'case.awaited': ['还有 {n} 个附件正在从信息机传来', '{n} more files are on their way from the kiosk'], 'case.addFile': ['添加图片', 'Add a picture'], 'case.transcript': ['录音文字', 'Transcript'], 'case.look1': ['查看图片(会记录)', 'Look at the picture (is noted)'], 'case.typeUp': ['录音转文字', 'Type the sound up'], 'case.typedBy': ['{name} 记录于 {at}', 'typed up by {name}, {at}'], 'case.sound': ['录音', 'Voice note'],
  'case.phone': ['联系电话', 'Telephone'], 'case.showPhone': ['显示(会记录)', 'Show (is noted)'], 'case.noPhone': ['未留电话', 'none left'], 'case.answer': ['答复', 'Answer'], 'case.result': ['处理结果', 'Result'],
  'case.evaluations': ['公众评价', 'Evaluation'], 'case.solved': ['已解决', 'solved'], 'case.unsolved': ['未解决', 'not solved'], 'case.stars': ['{n} 星', '{n} of 5'],
  'case.followers': ['并入本案的案件', 'Cases that follow this one'], 'case.sameSlip': ['同一编号的另一案件(两台信息机生成了相同编号)', 'Another case with this number (two kiosks minted the same)'],
  'case.slip': ['居民凭条编号', "Number on the resident's slip"], 'case.warden': ['所在网格员', 'Warden there'], 'case.alarm': ['由警报转来', 'From an alarm'], 'case.correct': ['更正', 'Put right'], 'case.pole': ['立杆号', 'Pole'],
  'case.community': ['社区(公示时的地点)', 'Community (all the public reads)'], 'case.replies': ['答复回传', 'Answer sent back'], 'case.sent': ['已送达', 'arrived'], 'case.waits': ['等待发送', 'waiting'], 'case.gaveUp': ['多次失败,已停止', 'given up'],
  'case.link': ['评价链接', 'Link for the resident'], 'case.linkText': ['发给居民:打开后可看答复并评价,六十天内有效。', 'For the resident: shows the answer and takes the evaluation, good for sixty days.'],
  'case.public': ['公示', 'Publish'], 'case.publicTitle': ['公示标题', 'Title'], 'case.publicText': ['公示内容(不写姓名、电话和门牌)', 'Text (no names, telephones or doors)'], 'case.approve': ['批准公示', 'Approve'], 'case.saved': ['已保存', 'Saved'],
  'case.back': ['返回列表', 'Back to the list'], 'case.loading': ['正在打开…', 'Opening…'], 'case.reason': ['情况或理由', 'What was done, or why'], 'case.replyWords': ['给居民的答复', 'Answer to the resident'],
  'case.until': ['挂起到', 'Until'], 'case.leader': ['主案件编号', 'Number of the leading case'], 'case.findLeader': ['查找相同问题', 'Find the same matter'], 'case.anyone': ['不指定', 'nobody yet'],
  'case.mergeHint': ['本案的居民以后看到主案件的进度。', 'Residents of this case will see the progress of the leading one.'],
  'case.fresh': ['案件刚被更新,已显示最新情况', 'The case has just changed; this is how it is now'], 'case.due1': ['案件 {number} 一天内到期', 'Case {number} is due within a day'], 'case.due2': ['案件 {number} 已超时', 'Case {number} is overdue'],
  'case.keys': ['快捷键:Ctrl+Enter 保存,Esc 返回;地点用方向键选', 'Keys: Ctrl+Enter saves, Esc goes back; arrows choose a place'], 'case.caller': ['来电人说了什么', 'What the caller says'], 'case.placeFind': ['地点:附近有什么、楼名或杆号', 'Where: what stands nearby, a building, a pole'],
  'case.placeNone': ['不在名册里:按上面文字登记', 'Not in the register: keep the words above'], 'case.dispatchTo': ['直接派遣到', 'Send it to'], 'case.save': ['登记', 'Enter it'], 'case.made': ['已登记,编号 {number}', 'Entered, number {number}'], 'case.tell': ['请告诉来电人编号:', 'Tell the caller the number:'], 'case.another': ['再登记一件', 'Another one'], 'case.look': ['打开案件', 'Open it'],
  'caseAct.accept': ['受理', 'Accept'], 'caseAct.refuse': ['不予受理', 'Decline'], 'caseAct.dispatch': ['派遣', 'Dispatch'], 'caseAct.return': ['退回派遣', 'Return to the centre'], 'caseAct.hand-over': ['转交', 'Hand over'], 'caseAct.done': ['处理完成', 'Handled'],
  'caseAct.send-back': ['核查不通过', 'Send back'], 'caseAct.verified': ['核查通过', 'Verified'], 'caseAct.reply': ['答复居民', 'Answer'], 'caseAct.end': ['结案', 'Close'], 'caseAct.reopen': ['重新办理', 'Reopen'], 'caseAct.hold': ['挂起', 'Put on hold'], 'caseAct.resume': ['恢复办理', 'Resume'],
  'caseAct.note': ['添加记录', 'Add a note'], 'caseAct.merge': ['并案', 'Merge'], 'caseAct.split': ['取消并案', 'Split'], 'caseAct.begin': ['登记', 'Entered'], 'caseAct.files': ['添加附件', 'Files added'], 'caseAct.deadline': ['时限按新日历重新计算', 'Deadline counted by the new calendar'], 'caseAct.correct': ['更正', 'Put right'], 'caseAct.solved': ['居民评价:已解决', 'Resident: solved'], 'caseAct.not-solved': ['居民评价:未解决', 'Resident: not solved'],
  'caseFrom.kiosk': ['信息机', 'Kiosk'], 'caseFrom.alarm': ['警报', 'Alarm'], 'caseFrom.call': ['视频来电', 'Video call'], 'caseFrom.camera': ['摄像头', 'Camera'], 'caseFrom.hotline': ['热线', 'Hotline'], 'caseFrom.weibo': ['微博', 'Weibo'], 'caseFrom.wechat': ['微信', 'WeChat'], 'caseFrom.weishi': ['微视', 'Weishi'], 'caseFrom.district': ['区中心', 'District'], 'caseFrom.warden': ['网格员', 'Warden'],
  'caseWho.system': ['系统', 'System'], 'caseWho.resident': ['居民', 'Resident'],
  'caseIn.title': ['导入区中心派件', 'Import dispatches of the district'], 'caseIn.file': ['CSV 文件(UTF-8 或 GBK),表头:区编号、内容、类别、地点、立杆号、时限、电话', 'CSV file (UTF-8 or GBK) with a heading: number, words, kind, place, pole, due, phone'],
  'caseIn.check': ['检查文件', 'Check the file'], 'caseIn.checked': ['共 {rows} 行:新 {fresh} 件,已有 {known} 件', '{rows} rows: {fresh} new, {known} known'], 'caseIn.bad': ['有 {n} 处错误,改好后再导入;现在什么都没有改变', '{n} mistakes; mend them first. Nothing has changed'],
  'caseIn.confirm': ['确认导入 {n} 件', 'Import {n}'], 'caseIn.done': ['已导入 {n} 件', '{n} imported'], 'caseIn.row': ['行', 'Row'], 'caseIn.field': ['栏', 'Column'], 'caseIn.why': ['问题', 'Problem'],
});

let vocabulary = null;

export async function loadVocabulary() {
  vocabulary ??= await get('/v1/cases/vocabulary');
  return vocabulary;
}

export const forget = () => { vocabulary = null; };
export const words = () => vocabulary || {departments: [], kinds: [], steps: [], people: []};
const named = (list, id) => said(list.find((one) => one.id === id)) || id;
export const kindName = (id) => named(words().kinds, id);
export const departmentName = (id) => (id ? named(words().departments, id) : '—');
export const stepName = (id) => named(words().steps, id);
export const actionName = (id) => t(`caseAct.${id}`);
export const sourceName = (id) => t(`caseFrom.${id}`);
export const actorName = (row) => (row.actor === 'system' || row.actor === 'resident' ? t(`caseWho.${row.actor}`) : row.name);
export const shown = (number) => `${number.slice(0, 4)}-${number.slice(4, 8)}-${number.slice(8)}`;
export const options = (list, first) => [...(first ? [['', first]] : []), ...list.map((one) => [one.id, [one.zh, one.en]])];
export const isZh = () => language === 'zh';
