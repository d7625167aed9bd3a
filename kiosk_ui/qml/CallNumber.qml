import QtQuick

// A telephone number in digits as large as the glass allows: read from afar, dialled on another phone.
Column {
    id: number

    property string digits

    visible: digits !== ""

    Said {
        color: Theme.muted
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.words.call.hotline + Kiosk.words.call.hotline_sign
        visible: Theme.tall
        width: parent.width
    }

    Text {
        color: Theme.ink
        font.bold: true
        font.pixelSize: Theme.title * (Theme.compact ? 1.5 : 2.4)
        fontSizeMode: Text.HorizontalFit
        height: Theme.title * (Theme.compact ? 1.8 : 2.8)
        horizontalAlignment: Text.AlignHCenter
        maximumLineCount: 1
        minimumPixelSize: Theme.title
        text: number.digits
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
        width: parent.width
    }

    Said {
        color: Theme.muted
        font.pixelSize: Theme.small
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.words.call.hotline_detail
        visible: !Theme.compact
        width: parent.width
    }
}
