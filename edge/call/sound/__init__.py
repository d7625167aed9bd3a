"""The sound of a call, as arithmetic: no socket, no clock, no thread, time is an argument.

    receiver = Receiver(opus.Decoder(channels=1))           one for each stream that comes in
    receiver.packet(sequence, timestamp, payload, at_s, ssrc)   each packet of RTP, at once, in any order
    receiver.block(at_s) -> (960, channels) int16           once for every 20 ms of the player, always answers
    receiver.heard, .delay_s, .next_timestamp               figures for quality, delay and lips

    sender = Sender(opus.Encoder(channels=1))               one voice on its way out
    sender.block(pcm) -> payload                            (960, channels) int16, one payload for each block
    sender.lost(share)                                      from each receiver report of the other end

    processing: Processing = processing.EchoCancelling()    or NoProcessing(); the microphone's level is held inside
    processing.far(block), .near(block) -> block            10 ms, (480, 1); .delay_ms from the card

    volume = Volume(channels)                               louder for hard ears; .louder(), .softer(), .normal()
    volume.block(pcm) -> pcm

`opus` is edge.call.opus, `processing` is edge.call.processing: the doors to libopus and to livekit.
"""

from edge.call.sound.block import BLOCK, RATE, TEN_MS, Block
from edge.call.sound.opus_packet import BrokenPacketError
from edge.call.sound.processing import NoProcessing, Processing
from edge.call.sound.receive import Heard, PacketDecoder, Playing, Receiver
from edge.call.sound.send import PacketEncoder, Sender
from edge.call.sound.volume import Volume

__all__ = [
    "BLOCK",
    "RATE",
    "TEN_MS",
    "Block",
    "BrokenPacketError",
    "Heard",
    "NoProcessing",
    "PacketDecoder",
    "PacketEncoder",
    "Playing",
    "Processing",
    "Receiver",
    "Sender",
    "Volume",
]
