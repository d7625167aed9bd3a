import QtQuick

Page {
    id: home

    strip: texts.strip

    Tiles {
        anchors.fill: parent
        rows: home.rows
    }
}
