import QtQuick

// The office rings. Whoever stands here may take it or not.
Page {
    id: incoming

    strip: incoming.texts.detail

    Said {
        anchors.bottom: take.top
        anchors.bottomMargin: Theme.gap * 2
        color: Theme.muted
        horizontalAlignment: Text.AlignHCenter
        text: incoming.texts.left + "\n" + Kiosk.words.call.not_recorded
        visible: Theme.tall
        width: parent.width
    }

    BigButton {
        id: take

        anchors.bottom: leave.top
        anchors.bottomMargin: Theme.gap * 2
        control: "call-accept"
        ground: Theme.help
        height: Math.min(Theme.target * 3, parent.height - leave.height - Theme.gap * 2)
        ink: Theme.helpInk
        size: Theme.title
        text: Kiosk.words.call.accept
        width: parent.width
    }

    BigButton {
        id: leave

        anchors.bottom: parent.bottom
        control: "call-decline"
        ground: Theme.bar
        height: Math.max(Theme.target * 1.4, implicitHeight)
        ink: Theme.barInk
        text: Kiosk.words.call.decline
        width: parent.width
    }
}
