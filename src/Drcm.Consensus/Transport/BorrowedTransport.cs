using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>A transport that outlives the log which uses it: it has been opened, and is not closed.</summary>
internal sealed class BorrowedTransport(ILogTransport owned, Action<IReadOnlyDictionary<string, IPEndPoint>> setMembers) : ILogTransport
{
    public IConnectionListenerFactory Incoming => owned.Incoming;

    public IConnectionFactory Outgoing => owned.Outgoing;

    public IPeerChannel Peers => owned.Peers;

    public IPeerRequests Requests => owned.Requests;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal
    {
        get => owned.ReceivedInternal;
        set => owned.ReceivedInternal = value;
    }

    public Action<string>? Met
    {
        get => owned.Met;
        set => owned.Met = value;
    }

    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers) => setMembers(peers);

    public void Listen()
    {
        // Done before.
    }

    public void StartSending()
    {
        // Done before.
    }

    public bool CloseRetired() => owned.CloseRetired();

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => owned.Send(member, kind, frame);

    public ValueTask DisposeAsync()
    {
        owned.ReceivedInternal = null;
        owned.Met = null;
        return ValueTask.CompletedTask;
    }
}
