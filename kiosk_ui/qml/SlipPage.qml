import QtQuick

// A number to take home: large to read, a code for a telephone, paper where there is some.
Page {
    id: slip

    strip: texts.strip

    readonly property color toned: texts.tone === "good" ? Theme.good : texts.tone === "warn" ? Theme.warn : Theme.ink

    // Large letters on a small glass: what is said once in words is smaller than what is read off.
    readonly property bool tight: Kiosk.large && !Theme.tall

    // What is only read may stand above the half that is touched.
    Column {
        id: above

        spacing: Theme.compact ? 0 : Theme.gap
        width: parent.width
        y: Theme.low ? slip.headBottom - slip.roomTop + Theme.gap * 3 : 0

        Text {
            color: Theme.ink
            font.bold: true
            font.pixelSize: Theme.title * (slip.tight ? 1.2 : Theme.compact ? 1.5 : 2.2)
            fontSizeMode: Text.HorizontalFit
            height: Theme.title * (slip.tight ? 1.4 : Theme.compact ? 1.8 : 2.6)
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 1
            minimumPixelSize: Theme.title
            text: slip.texts.number
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
            visible: text !== ""
            width: parent.width
        }

        Said {
            color: slip.toned
            font.bold: true
            font.pixelSize: Theme.roomy ? Theme.title : slip.tight ? Theme.small : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: slip.texts.line
            width: parent.width
        }

        Said {
            font.pixelSize: Theme.compact ? Theme.small : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: slip.texts.detail
            visible: text !== ""
            width: parent.width
        }
    }

    SlipCode {
        anchors.bottom: answer.top
        anchors.top: Theme.low ? parent.top : above.bottom
        anchors.topMargin: Theme.gap
        code: slip.texts.code
        said: slip.texts.codeSaid
        width: parent.width
    }

    Column {
        id: answer

        anchors.bottom: deeds.top
        anchors.bottomMargin: Theme.gap
        width: parent.width

        Said {
            color: Theme.muted
            font.pixelSize: Theme.compact ? Theme.small : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: slip.texts.slip
            visible: text !== ""
            width: parent.width
        }
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: slip.rows
        width: parent.width
    }
}
