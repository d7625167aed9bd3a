import QtQuick

// A notice for everybody: as large as it fits; one that does not fit at the usual size is read page by page.
Page {
    id: emergency

    readonly property real from: Theme.low ? emergency.headBottom + Theme.gap - emergency.roomTop : 0
    readonly property real pad: Theme.tall ? Theme.gap * 2 : Theme.gap
    readonly property real textHigh: panel.height - head.height - 3 * pad
    readonly property bool fits: probe.lineCount * probe.lineHeight <= textHigh
    readonly property int lines: Math.max(1, Math.floor(textHigh / probe.lineHeight))
    readonly property int leaves: fits ? 1 : Math.ceil(probe.lineCount / lines)
    readonly property int shown: Math.min(texts.page, leaves - 1)

    strip: texts.until

    Rectangle {
        id: panel

        border.color: Theme.sosInk
        border.width: Theme.contrast ? Theme.edge : 0
        color: Theme.sos
        height: gone.y - Theme.gap - y
        radius: Theme.radius
        width: parent.width
        y: emergency.from

        Said {
            id: head

            color: Theme.sosInk
            font.bold: true
            font.pixelSize: Theme.roomy ? Theme.title * 1.25 : Theme.tall ? Theme.title : Theme.body
            text: emergency.texts.head
            width: parent.width - 2 * emergency.pad
            x: emergency.pad
            y: emergency.pad
        }

        Text {
            color: Theme.sosInk
            font.pixelSize: Theme.title * 2
            fontSizeMode: Text.Fit
            height: emergency.textHigh
            lineHeight: 0.9 // of what the font asks for, which is 1.45: as the probe, that says whether it fits
            minimumPixelSize: Theme.body
            text: emergency.fits ? emergency.texts.text : ""
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
            visible: emergency.fits
            width: head.width
            wrapMode: Text.Wrap
            x: emergency.pad
            y: head.y + head.height + emergency.pad
        }

        Item {
            clip: true
            height: Math.min(emergency.lines, probe.lineCount - emergency.shown * emergency.lines) * probe.lineHeight
            visible: !emergency.fits
            width: head.width
            x: emergency.pad
            y: head.y + head.height + emergency.pad

            Said {
                id: probe

                color: Theme.sosInk
                text: emergency.texts.text
                width: parent.width
                y: -emergency.shown * emergency.lines * lineHeight
            }
        }
    }

    Pager {
        id: pager

        anchors.left: parent.left
        anchors.verticalCenter: gone.verticalCenter
        brief: true
        pages: emergency.leaves
        said: ""
        turned: emergency.shown
    }

    BigButton {
        id: gone

        anchors.bottom: parent.bottom
        anchors.left: pager.visible ? pager.right : parent.left
        anchors.leftMargin: pager.visible ? Theme.gap : 0
        anchors.right: parent.right
        control: "emergency-read"
        detail: Theme.tall ? Kiosk.words.emergency.read_detail : ""
        height: Math.max(Theme.target * (Theme.roomy ? 1.2 : 1), Theme.tall ? implicitHeight : 0)
        size: Theme.tall ? Theme.body : Theme.small
        text: Kiosk.words.emergency.read
    }
}
