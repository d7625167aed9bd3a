import QtQuick

Page {
    id: home

    Tiles {
        anchors.fill: parent
        rows: home.rows
    }
}
