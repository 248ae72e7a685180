using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Drcm.Simulation.Log;

/// <summary>One end of a connection in memory. Two pumps carry bytes between the ends, at the pace of the links.</summary>
internal sealed class SimConnection : ConnectionContext
{
    private readonly CancellationTokenSource _closed;
    private readonly SimNetwork _network;

    private SimConnection(SimNetwork network, CancellationTokenSource closed, PipeReader input, PipeWriter output, EndPoint local, EndPoint remote)
    {
        (_network, _closed) = (network, closed);
        Transport = new Duplex(input, output);
        (LocalEndPoint, RemoteEndPoint) = (local, remote);
        ConnectionClosed = closed.Token;
    }

    public override string ConnectionId { get; set; } = "";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>A connection from a member to another: its two ends.</summary>
    public static (SimConnection Client, SimConnection Server) Open(SimNetwork network, string from, string to)
    {
        var closed = new CancellationTokenSource();
        var (a, b, c, d) = (Pipe(), Pipe(), Pipe(), Pipe());
        var (local, remote) = (network.Members[from], network.Members[to]);
        var client = new SimConnection(network, closed, d.Reader, a.Writer, local, remote);
        var server = new SimConnection(network, closed, b.Reader, c.Writer, remote, local);
        network.Add(client, from, to);
        _ = CarryAsync(a.Reader, b.Writer, network.Between(from, to), client);
        _ = CarryAsync(c.Reader, d.Writer, network.Between(to, from), client);
        return (client, server);
    }

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    public override void Abort()
    {
        _network.Forget(this);
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Closed before.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Output.CompleteAsync();
        await Transport.Input.CompleteAsync();
        Abort();
        await base.DisposeAsync();
    }

    private static Pipe Pipe() => new(new PipeOptions(useSynchronizationContext: false));

    private static async Task CarryAsync(PipeReader from, PipeWriter to, SimNetwork.Link link, SimConnection connection)
    {
        var closed = connection._closed.Token;
        Exception? end = null;
        try
        {
            while (true)
            {
                var read = await from.ReadAsync(closed);
                await link.PassAsync(closed);
                foreach (var part in read.Buffer)
                {
                    await to.WriteAsync(part, closed);
                }

                from.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException)
        {
            end = new IOException("connection reset");
        }

        await from.CompleteAsync(end);
        await to.CompleteAsync(end);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
