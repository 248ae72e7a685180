using System.Net;
using System.Text;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Drcm.StateMachine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Fuzz.Targets;

/// <summary>Frames that the log itself exchanges, as they come out of the transport.</summary>
internal sealed class BarrierFrameTarget : FuzzTarget
{
    private readonly Action<byte, ReadOnlyMemory<byte>> _receive;

    public BarrierFrameTarget()
        : base("barrier-frame")
    {
        var transport = new NoTransport();
        _ = new DotNextLog(
            new()
            {
                Self = "a", Directory = "none", Keys = new(new byte[TransportKeys.SeedBytes]), Transport = _ => transport,
                Members = new Dictionary<string, IPEndPoint>(StringComparer.Ordinal) { ["a"] = new(IPAddress.Loopback, 1), ["b"] = new(IPAddress.Loopback, 2) },
            },
            NullLogger.Instance);
        _receive = transport.ReceivedInternal!;
    }

    public override byte[] Sample(SplitMix64 random) => random.Chance(0.5)
        ? [1, .. BitConverter.GetBytes(random.Number()), .. Encoding.UTF8.GetBytes(random.Chance(0.5) ? "b" : random.Text(20))]
        : [2, .. BitConverter.GetBytes(random.Number()), .. BitConverter.GetBytes(random.Number())];

    public override void Feed(byte[] input)
    {
        if (input.Length > 1)
        {
            _receive(input[0], input.AsMemory(1));
        }
    }

    /// <summary>Takes the answer's number without looking whether it is there.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input is [2, ..] and { Length: > 9 })
        {
            _ = BitConverter.ToInt64(input, 9);
        }
    }

    private sealed class NoTransport : ILogTransport
    {
        public IConnectionListenerFactory Incoming => throw new NotSupportedException();

        public IConnectionFactory Outgoing => throw new NotSupportedException();

        public IPeerChannel Peers => throw new NotSupportedException();

        public IPeerRequests Requests => throw new NotSupportedException();

        public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

        public Action<string>? Met { get; set; }

        public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
        {
        }

        public void Listen()
        {
        }

        public void StartSending()
        {
        }

        public bool CloseRetired() => false;

        public void Send(string member, byte kind, ReadOnlySpan<byte> frame)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
