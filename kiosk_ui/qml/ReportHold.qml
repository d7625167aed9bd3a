import QtQuick

// A button that is held; it shows that it hears.
Item {
    id: hold

    required property string text
    required property bool records
    required property real level
    readonly property string control: "voice-hold"
    readonly property bool down: finger.pressed

    objectName: control
    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.onPressAction: {
        Kiosk.pressed("voice-down", "");
        Kiosk.pressed("voice-up", "");
    }

    onDownChanged: Kiosk.pressed(down ? "voice-down" : "voice-up", "")

    TapHandler {
        id: finger

        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 0
    }

    Rectangle {
        anchors.fill: parent
        border.color: Theme.accentInk
        border.width: hold.records ? Theme.edge + hold.level * Theme.gap : 0
        color: hold.records ? Theme.sos : Theme.accent
        radius: Theme.radius * 2
    }

    Column {
        anchors.centerIn: parent
        spacing: Theme.gap
        width: parent.width - 2 * Theme.gap

        Drawing {
            anchors.horizontalCenter: parent.horizontalCenter
            art: "voice"
            ink: hold.records ? Theme.sosInk : Theme.accentInk
            size: Math.min(hold.height * 0.45, Theme.target * 2)
        }

        Said {
            color: hold.records ? Theme.sosInk : Theme.accentInk
            font.bold: true
            font.pixelSize: Theme.roomy ? Theme.title : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: hold.text
            width: parent.width
        }
    }
}
