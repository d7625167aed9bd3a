// Words of the video call, as a clerk reads them.
import {html} from '../html.js';
import {addWords, t} from '../words.js';
import {shown} from './cases-words.js';

addWords({
  'call.title': ['视频来电', 'Video calls'], 'call.back': ['返回来电列表', 'Back to the calls'],
  'call.norecord': ['不录音、不录像', 'Not recorded'], 'call.loading': ['正在打开…', 'Opening…'],
  'call.gone': ['这个通话已经结束', 'This call has ended'],
  // --- taking calls
  'call.me-on': ['您正在接听来电', 'You take calls'], 'call.me-off': ['您现在不接听来电', 'You take no calls'],
  'call.begin': ['开始接听', 'Take calls'], 'call.leave': ['停止接听', 'Take no calls'], 'call.again': ['重新开始', 'Take calls again'],
  'call.lost': ['您已不在接听:{why}', 'You take no calls any more: {why}'], 'call.nodept': ['您还没有被安排到任何科室,来电不会到您这里。请管理员在“科室”页设置。', 'No department has been given to you, so nothing rings here. An administrator does that on the page Departments.'],
  'call.tone.title': ['试音后开始接听', 'A tone first, then calls'], 'call.tone.wait': ['请稍候…', 'One moment…'],
  'call.bar': ['来电', 'Calls'], 'call.free': ['空闲 {free} / 在岗 {there}', '{free} free of {there}'],
  // --- it rings
  'call.rings': ['{kiosk} 来电,找{department}', '{kiosk} calls {department}'], 'call.rings-sos': ['SOS 来电!{kiosk}', 'SOS call! {kiosk}'],
  'call.orphan': ['{kiosk} 的通话没人接着了:{name} 的页面断开', 'Nobody holds the call of {kiosk}: the page of {name} is gone'],
  'call.waited': ['已等 {t}', 'waiting {t}'], 'call.answer': ['接听', 'Answer'], 'call.answerKey': ['接听 (F9)', 'Answer (F9)'], 'call.answerSound': ['只用声音接听', 'Answer with sound only'],
  'call.decline': ['请别人接', 'Leave it to others'], 'call.declined': ['已请别人接', 'Others are asked'], 'call.look': ['来电信息', 'About this call'], 'call.more': ['还有 {n} 个来电在等', '{n} more calls wait'],
  'call.mute-bell': ['这个页面没有声音', 'This page has no sound'], 'call.unmute-bell': ['打开声音', 'Turn the sound on'],
  'call.noticeTitle': ['邻里:有来电', 'Linli: a call'], 'call.noticeBody': ['请打开值班台接听', 'Open the desk to answer'],
  'call.taken': ['{name} 已接听', '{name} has answered'],
  // --- the card
  'call.c.place': ['信息机', 'Kiosk'], 'call.c.department': ['找哪个科室', 'Department'], 'call.c.guide': ['刚才在看', 'Was looking at'], 'call.c.case': ['凭条上的案件', 'Case of the slip'], 'call.c.waited': ['等候', 'Waiting'],
  'call.c.earlier': ['这台信息机最近的来电', 'Last calls of this kiosk'], 'call.c.none': ['没有', 'None'], 'call.c.language': ['语言', 'Language'], 'call.c.english': ['居民选择了英文', 'The resident chose English'],
  'call.c.same': ['居民想找上次的 {name}', 'Asks for {name}, as last time'], 'call.c.sosLink': ['打开警报', 'Open the alarm'], 'call.c.sosNew': ['警报还没有传到中心', 'The alarm has not arrived at the centre yet'], 'call.c.soundOnly': ['对方选择不开视频', 'They chose sound only'],
  'call.c.cases': ['本次通话登记的案件', 'Cases from this call'], 'call.c.state': ['状态', 'State'], 'call.c.with': ['由谁接听', 'With'], 'call.c.when': ['时间', 'When'], 'call.c.how': ['结果', 'How it ended'],
  // --- states and ends
  'call.s.calling': ['正在呼叫', 'Calling'], 'call.s.queued': ['排队', 'Waiting'], 'call.s.ringing': ['响铃', 'Ringing'], 'call.s.connecting': ['正在接通…', 'Connecting…'], 'call.s.connected': ['通话中', 'In a call'], 'call.s.on-hold': ['保持中', 'On hold'], 'call.s.transferred': ['正在转接', 'Being transferred'], 'call.s.ended': ['已结束', 'Ended'], 'call.s.idle': ['—', '—'],
  'call.r.resident': ['居民挂断', 'The resident hung up'], 'call.r.office': ['值班台挂断', 'The desk hung up'], 'call.r.busy': ['排队已满', 'Too many were waiting'], 'call.r.absent': ['科室没有人', 'Nobody was there'], 'call.r.closed': ['不在办公时间', 'Closed'], 'call.r.offline': ['信息机没有网络', 'The kiosk had no line'],
  'call.r.no-answer': ['没有人接听', 'Nobody answered'], 'call.r.declined': ['居民没有接', 'The resident did not take it'], 'call.r.lost': ['线路断了太久', 'The line was away for too long'], 'call.r.desk-gone': ['值班台页面断开', 'The page at the desk vanished'], 'call.r.device': ['信息机的摄像头和话筒都打不开', 'Neither camera nor microphone of the kiosk opens'], 'call.r.engine': ['信息机的通话程序出错', "The kiosk's engine failed"],
  'call.r.refused': ['被拒绝', 'Refused'], 'call.r.replaced': ['被 SOS 取代', 'An SOS took the kiosk'], 'call.r.idle': ['居民已经离开', 'Nobody stood there any more'], 'call.r.transferred': ['已转接', 'Transferred'], 'call.r.elsewhere': ['已在别的页面接着通话', 'It goes on at another page'],
  // --- in the call
  'call.with': ['与 {kiosk} 通话', 'Call with {kiosk}'], 'call.their': ['信息机的画面', 'Picture from the kiosk'], 'call.own': ['自己的画面', 'Own picture'], 'call.in': ['通话中 · {kiosk}', 'In a call · {kiosk}'], 'call.to': ['回到通话', 'To the call'],
  'call.mute': ['静音', 'Mute'], 'call.unmute': ['取消静音', 'Unmute'], 'call.muted': ['对方听不到您', 'They cannot hear you'], 'call.camOff': ['关摄像头', 'Camera off'], 'call.camOn': ['开摄像头', 'Camera on'], 'call.camIsOff': ['摄像头已关', 'Camera is off'],
  'call.hold': ['保持', 'Hold'], 'call.resume': ['恢复通话', 'Resume'], 'call.held': ['保持中:双方听不到、看不到', 'On hold: neither side hears or sees the other'], 'call.transfer': ['转接…', 'Transfer…'], 'call.hangUp': ['挂断', 'Hang up'],
  'call.waitPicture': ['正在等对方的画面…', 'Waiting for their picture…'], 'call.noPicture': ['对方没有开视频,只有声音', 'They sent no picture, sound only'],
  'call.ringsThere': ['正在呼叫信息机,等对方接听…', 'The kiosk rings, waiting for somebody to take it…'],
  'call.q.good': ['线路良好', 'Good line'], 'call.q.fair': ['线路一般', 'Fair line'], 'call.q.poor': ['线路很差', 'Poor line'], 'call.q.away': ['线路断开', 'Line away'], 'call.q.wait': ['正在接通', 'Connecting'],
  'call.soundOnly': ['线路不好,暂时只有声音;好转后画面自动恢复', 'Sound only because of the line; the picture comes back by itself'], 'call.theirSoundOnly': ['对方线路不好,暂时只有声音', 'Sound only because of their line'],
  'call.away': ['线路断开,正在自动重接,请不要挂断;最多等 {most} 秒。已断开', 'The line is away. It is connected again by itself, do not hang up; it is tried for {most} s. Away for'],
  'call.kioskAway': ['信息机没有消息,正在等它回来;最多等 {most} 秒。已等', 'Nothing is heard of the kiosk. It is waited for, at most {most} s. So far'], 'call.deskAway': ['与服务器断开,通话仍在继续;请不要刷新页面', 'The line to the server is gone, the call goes on; do not reload'],
  'call.silent': ['浏览器挡住了对方的声音', 'The browser blocks their sound'], 'call.listen': ['播放声音', 'Play it'],
  'call.backInto': ['您与 {kiosk} 的通话还在', 'Your call with {kiosk} is still there'], 'call.backIn': ['回到通话中', 'Back into the call'],
  // --- devices
  'call.devices': ['摄像头和话筒', 'Camera and microphone'], 'call.devicesBtn': ['设备…', 'Devices…'], 'call.camera': ['摄像头', 'Camera'], 'call.microphone': ['话筒', 'Microphone'], 'call.speaker': ['扬声器', 'Loudspeaker'], 'call.level': ['话筒音量', 'Loudness of the microphone'], 'call.levelHint': ['说一句话,条应当动起来', 'Say something: the bar should move'], 'call.devicesDone': ['好了', 'Done'],
  'call.f.insecure': ['浏览器只允许 https 地址使用摄像头和话筒。请用 https:// 打开值班台。', 'Browsers give camera and microphone to https addresses only. Open the desk by https://.'],
  'call.f.microphone-blocked': ['浏览器没有允许使用话筒:点地址栏左边的图标,把话筒改为“允许”,再点“设备…”。对方现在听不到您,可以打字。', 'The browser does not allow the microphone: allow it by the icon left of the address, then press Devices. They cannot hear you now; you can write.'],
  'call.f.microphone-none': ['没有找到话筒:请插上话筒或耳麦,再点“设备…”。对方现在听不到您,可以打字。', 'No microphone was found: plug one in, then press Devices. They cannot hear you now; you can write.'],
  'call.f.microphone-busy': ['话筒打不开,可能被别的程序占用。对方现在听不到您,可以打字。', 'The microphone cannot be opened; another program may have it. They cannot hear you now; you can write.'],
  'call.f.microphone-gone': ['话筒被拔掉了:插上后点“设备…”。', 'The microphone was pulled out: plug it in and press Devices.'],
  'call.f.camera-blocked': ['浏览器没有允许使用摄像头:对方看不到您,声音照常。点地址栏左边的图标可以改。', 'The browser does not allow the camera: they cannot see you, sound works. Change it by the icon left of the address.'],
  'call.f.camera-none': ['没有找到摄像头:对方看不到您,声音照常。', 'No camera was found: they cannot see you, sound works.'], 'call.f.camera-busy': ['摄像头打不开,可能被别的程序占用:对方看不到您,声音照常。', 'The camera cannot be opened; another program may have it. They cannot see you, sound works.'], 'call.f.camera-gone': ['摄像头被拔掉了:对方看不到您,声音照常。', 'The camera was pulled out: they cannot see you, sound works.'],
  // --- words in big letters
  'call.chat': ['大字对话', 'Words in big letters'], 'call.chatHint': ['对方屏幕上用大字显示,方便听力不好的居民', 'Shown in big letters on their screen, for who hears badly'], 'call.chatWrite': ['写给对方', 'Write to them'], 'call.send': ['发送', 'Send'], 'call.quick': ['常用语', 'Quick phrases'], 'call.me': ['您', 'You'], 'call.they': ['居民', 'Resident'], 'call.noChannel': ['还没有接通,稍候再发', 'Not connected yet, try in a moment'],
  'call.p.slow': ['请慢慢说,我在听', 'Take your time, I am listening'], 'call.p.louder': ['请靠近一点、大声一点', 'Please come closer and speak up'], 'call.p.id': ['请把证件放在摄像头前', 'Please hold your card before the camera'], 'call.p.paper': ['请把纸放在台面上,放平', 'Please lay the paper flat on the shelf'], 'call.p.sign': ['请在圈出的地方签名', 'Please sign where it is circled'], 'call.p.wait': ['请稍等,我查一下', 'One moment, I am looking it up'], 'call.p.done': ['办好了,请取凭条', 'Done, please take the slip'], 'call.p.go': ['这件事需要到窗口办理', 'This has to be done at the counter'],
  // --- showing something
  'call.show': ['在信息机上显示', 'Show on the kiosk'], 'call.showWhat': ['办事指南或表格', 'Guide or form'], 'call.showId': ['或输入指南编号', 'Or the id of a guide'], 'call.showIt': ['显示', 'Show'], 'call.showEnd': ['收起', 'Put away'], 'call.showing': ['信息机正在显示:{name}', 'The kiosk shows: {name}'], 'call.cannot.guide': ['信息机上没有这个指南', 'The kiosk has no such guide'], 'call.card': ['第几页', 'Which card'],
  // --- the paper
  'call.paper': ['看纸、圈签名处', 'Their paper'], 'call.paperHint': ['只拍一张,双方看同一张,不保存。居民屏幕上会说明正在拍。', 'One still that both see; nobody keeps it. Their screen says that it is taken.'], 'call.paperAsk': ['拍一张纸', 'Take one still'], 'call.paperAgain': ['重新拍', 'Take another'], 'call.paperAsked': ['已请信息机拍照,等待中…', 'Asked for, waiting…'], 'call.paperComes': ['正在传来 {n}%', 'Coming, {n} %'],
  'call.paperAlt': ['居民摄像头下的纸,可以在上面画圈', 'The paper under their camera, to circle on'], 'call.paperHow': ['按住画圈,或点一下画一个小圈;键盘:“方框”后用方向键移动,Shift+方向键改大小,回车圈上', 'Draw a circle, or tap for a small one. By keyboard: Box, arrow keys move it, Shift and arrows size it, Enter puts it there'], 'call.box': ['方框', 'Box'], 'call.boxPut': ['圈上 (回车)', 'Put it there (Enter)'], 'call.boxAt': ['方框在左 {x}%、上 {y}%,宽 {w}%、高 {h}%', 'Box at {x} % from the left, {y} % from the top, {w} % wide, {h} % high'], 'call.boxDrop': ['取消方框', 'No box'], 'call.undo': ['撤销一笔', 'Undo'], 'call.clear': ['全部清除', 'Clear'], 'call.putAway': ['收起', 'Put away'], 'call.marks': ['已圈 {n} 处', '{n} circled'], 'call.marksFull': ['圈得太多了,请先清除', 'Too many circles, clear first'],
  'call.cannot.camera': ['信息机拍不到:摄像头打不开', 'The kiosk cannot take it: no camera'], 'call.cannot.busy': ['没有拍成,请再试一次', 'It did not work, try again'],
  // --- handing on
  'call.toDepartment': ['转给科室', 'To a department'], 'call.toClerk': ['转给某人', 'To a person'], 'call.nobodyFree': ['没有空闲的人', 'Nobody is free'], 'call.isFree': ['空闲', 'free'], 'call.isBusy': ['通话中', 'in a call'], 'call.closedNow': ['不在办公时间', 'closed'], 'call.nobodyThere': ['没有人在', 'nobody there'], 'call.waitsN': ['{n} 人在等', '{n} waiting'], 'call.pass': ['转接', 'Transfer'], 'call.passed': ['已转接', 'Transferred'],
  // --- notes and after
  'call.notes': ['记录', 'Notes'], 'call.notesHint': ['只留在这个页面上,登记成案件才会保存', 'Only on this page; kept when it becomes a case'], 'call.noteTitle': ['事由', 'What it is about'], 'call.noteText': ['居民说了什么', 'What they said'], 'call.notePhone': ['联系电话(可不填)', 'Telephone (may be empty)'], 'call.noteDept': ['由哪个科室办', 'Who works it'], 'call.toCase': ['登记为案件 (F4)', 'Make it a case (F4)'], 'call.caseMade': ['已登记,请把编号告诉居民:', 'Entered. Tell them the number:'], 'call.caseFrom': ['{kiosk} 视频来电', 'Video call from {kiosk}'], 'call.caseGuide': ['询问:{guide}', 'About: {guide}'], 'call.tellNumber': ['用大字发给居民', 'Send it in big letters'],
  'call.ended': ['通话已结束:{reason}', 'The call has ended: {reason}'], 'call.lasted': ['通话 {t}', 'It lasted {t}'], 'call.outcome': ['这次通话的结果', 'How did it go?'], 'call.outcomeKept': ['已记下', 'Noted'], 'call.o.answered': ['已解答', 'Answered'], 'call.o.case': ['转为案件', 'Became a case'], 'call.o.window': ['要到窗口办', 'Has to come in'], 'call.o.callback': ['要再联系', 'To be called again'], 'call.o.unclear': ['没有说清', 'Could not be understood'], 'call.o.nobody': ['没有人或误点', 'Nobody there, or by mistake'], 'call.close': ['关闭', 'Close'],
  // --- the board
  'call.now': ['现在的来电', 'Calls now'], 'call.nowNone': ['现在没有来电', 'No calls now'], 'call.departments': ['各科室', 'Departments'], 'call.d.name': ['科室', 'Department'], 'call.d.there': ['在岗', 'There'], 'call.d.free': ['空闲', 'Free'], 'call.d.waiting': ['等候', 'Waiting'], 'call.d.wait': ['预计等候', 'Expected wait'], 'call.d.open': ['开放', 'Open'], 'call.d.closed': ['不在办公时间', 'Closed'], 'call.d.opens': ['{at} 开放', 'opens {at}'], 'call.d.unknown': ['不详', 'Unknown'],
  'call.history': ['通话记录(不含内容)', 'Past calls (no content)'], 'call.h.began': ['开始', 'Began'], 'call.h.waited': ['等候', 'Waited'], 'call.h.handled': ['通话', 'Lasted'], 'call.h.clerk': ['接听人', 'Answered by'], 'call.h.none': ['还没有通话', 'No calls yet'], 'call.h.out': ['呼出', 'out'], 'call.h.sound': ['只有声音', 'sound only'],
  'call.kiosk': ['呼叫信息机…', 'Call a kiosk…'], 'call.kioskNone': ['没有可以呼叫的信息机', 'No kiosk can be called'], 'call.kioskBusy': ['正在通话', 'in a call'], 'call.kioskOff': ['离线', 'offline'], 'call.ring': ['呼叫', 'Call'], 'call.backs': ['回电', 'Call-backs'], 'call.asDepartment': ['以哪个科室的名义', 'In the name of'],
});

export const reasonWords = (reason) => t(`call.r.${reason || 'office'}`);
export const stateWords = (state) => t(`call.s.${state}`);
const digits = (number) => number.replace(/\D/g, '');
export const caseWords = (number) => shown(digits(number));
export const caseNumber = (number) => html`<a class="case-number" href="#/cases/${digits(number)}">${caseWords(number)}</a>`;
export const OUTCOMES = ['answered', 'case', 'window', 'callback', 'unclear', 'nobody'];
export const PHRASES = ['slow', 'louder', 'paper', 'sign', 'id', 'wait', 'done', 'go'];
