pragma ComponentBehavior: Bound
import QtQuick

// One call, from the first ring to what comes after it. Pictures and words are above, everything to touch is below.
Page {
    id: call

    readonly property string phase: call.texts.phase
    // Pictures stand above, also where what is touched is in the lower half; counted from there.
    readonly property real ceiling: call.headBottom + Theme.gap - call.roomTop

    strip: {
        if (call.texts.talks)
            return "";
        // A short glass has no room for it over the number.
        const rings = !Theme.tall && call.texts.number !== "" && call.texts.detail === "";
        return rings ? Kiosk.words.call.hotline : call.texts.detail;
    }

    Loader {
        anchors.fill: parent
        sourceComponent: {
            if (call.texts.talks)
                return talk;
            if (call.texts.waits)
                return waiting;
            return call.texts.judge !== "" ? judge : over;
        }
    }

    Component {
        id: talk

        CallTalk {
            rows: call.rows
            texts: call.texts
            ceiling: call.ceiling
        }
    }

    Component {
        id: waiting

        CallWaiting {
            ceiling: call.ceiling
            texts: call.texts
        }
    }

    Component {
        id: judge

        CallJudge {
            rows: call.rows
            texts: call.texts
        }
    }

    Component {
        id: over

        CallOver {
            rows: call.rows
            texts: call.texts
        }
    }

    CallLeave {
        parent: call
        anchors.fill: parent
        half: call.half
        kind: call.texts.leaving
        visible: call.texts.leaving !== ""
    }
}
