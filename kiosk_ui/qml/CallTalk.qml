pragma ComponentBehavior: Bound
import QtQuick

// Face to face. The picture has what the words and buttons under it leave.
Item {
    id: talk

    required property var texts
    required property var rows
    // Where the heading ends.
    required property real ceiling

    Item {
        id: stage

        height: Math.max(0, words.y - Theme.gap - y)
        visible: height > Theme.target
        width: parent.width
        y: talk.ceiling

        CallVideo {
            id: remote

            anchors.fill: parent
            behind: talk.texts.behind
            beside: own.visible ? own.width + Theme.gap : 0
            path: talk.texts.remote
            radius: Theme.radius
            visible: talk.texts.still === ""
        }

        CallStill {
            anchors.fill: parent
            texts: talk.texts
            visible: talk.texts.still !== ""
        }

        CallVideo {
            id: own

            anchors.bottom: parent.bottom
            anchors.margins: Theme.gap
            anchors.right: parent.right
            border.color: "#FFFFFF"
            border.width: Theme.edge
            height: width * 0.75
            mirrored: true
            path: talk.texts.own
            visible: talk.texts.own !== "" && talk.texts.still === ""
            width: Math.min(parent.width * 0.3, parent.height * 0.5)
        }
    }

    CallWords {
        id: words

        anchors.bottom: controls.top
        anchors.bottomMargin: Theme.gap
        texts: talk.texts
        width: parent.width
    }

    CallControls {
        id: controls

        anchors.bottom: parent.bottom
        rows: talk.rows
        texts: talk.texts
        width: parent.width
    }
}
