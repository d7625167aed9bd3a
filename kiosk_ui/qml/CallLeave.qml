import QtQuick

// Home or back inside a call: nobody hangs up by mistake, and nobody is kept.
Rectangle {
    id: leave

    required property real half
    required property string kind
    readonly property bool waits: kind === "queue"

    color: Theme.ground

    MultiPointTouchArea {
        anchors.fill: parent
    }

    Said {
        anchors.bottom: stay.top
        anchors.left: parent.left
        anchors.margins: Theme.gap * 2
        anchors.right: parent.right
        anchors.top: parent.top
        font.bold: true
        font.pixelSize: Theme.tall ? Theme.title : Theme.body
        horizontalAlignment: Text.AlignHCenter
        text: (leave.waits ? "" : Kiosk.words.call.leave_title + "\n") + (leave.waits ? Kiosk.words.call.leave_waiting : Kiosk.words.call.leave_said)
        verticalAlignment: Text.AlignVCenter
    }

    BigButton {
        id: stay

        anchors.bottom: go.top
        anchors.bottomMargin: Theme.gap * 2
        anchors.left: parent.left
        anchors.margins: Theme.gap * 2
        anchors.right: parent.right
        control: "call-stay"
        ground: Theme.help
        height: Theme.target * 2
        ink: Theme.helpInk
        size: Theme.title
        text: leave.waits ? Kiosk.words.call.stay_waiting : Kiosk.words.call.stay
    }

    BigButton {
        id: go

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: Theme.gap * 2
        anchors.right: parent.right
        control: "call-leave"
        ground: Theme.sos
        height: Math.max(Theme.target * 1.4, implicitHeight)
        ink: Theme.sosInk
        text: leave.waits ? Kiosk.words.call.leave_queue : Kiosk.words.call.leave
    }
}
