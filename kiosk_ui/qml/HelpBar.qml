import QtQuick

// A person is one tap away on every screen; the emergency is a hold beside it.
Item {
    id: help

    implicitHeight: Math.max(Theme.target * (Theme.roomy ? 1.25 : 1), call.implicitHeight, sos.implicitHeight)

    BigButton {
        id: call

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: sos.left
        anchors.rightMargin: Theme.gap
        anchors.top: parent.top
        art: "help"
        control: "help"
        detail: Theme.tall ? Kiosk.words.bar.help_detail : ""
        ground: Theme.help
        ink: Theme.helpInk
        size: Theme.roomy ? Theme.title : Theme.body
        text: Kiosk.words.bar.help
    }

    SosHold {
        id: sos

        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        detail: down ? Kiosk.words.sos.let_go : Kiosk.words.bar.sos_detail
        text: Kiosk.words.bar.sos
        // Its word stands in one line, also large on a small glass.
        width: parent.width * (Theme.tall ? 0.36 : 0.42)
    }
}
