using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Drcm.Consensus.Transport;

/// <summary>One Raft connection as the engine sees it.</summary>
internal sealed class SocketConnection : ConnectionContext, IDisposable
{
    /// <summary>Also the engine's block size: larger entries travel in several.</summary>
    private const int BufferBytes = 16 * 1024;

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerStream _stream;
    private int _isClosed;

    public SocketConnection(PeerStream stream)
    {
        _stream = stream;
        LocalEndPoint = stream.LocalEndPoint;
        RemoteEndPoint = stream.RemoteEndPoint;
        Transport = new DuplexPipe(
            PipeReader.Create(_stream, new(bufferSize: BufferBytes, leaveOpen: true)),
            PipeWriter.Create(_stream, new(minimumBufferSize: BufferBytes, leaveOpen: true)));
        ConnectionClosed = _closed.Token;
    }

    /// <summary>Made with a key that is not accepted any more.</summary>
    public bool IsRetired => _stream.IsRetired;

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Completes when the engine has let go of the connection.</summary>
    public Task Disposed => _disposed.Task;

    /// <summary>Called once at disposal with the time for which the last request has been without an answer.</summary>
    public Action<SocketConnection, TimeSpan>? OnDisposed { get; init; }

    public override void Abort(ConnectionAbortedException abortReason) => Close();

    public override void Abort() => Close();

    public void Dispose()
    {
        var unanswered = _stream.Unanswered;
        Close();
        if (_disposed.TrySetResult())
        {
            OnDisposed?.Invoke(this, unanswered);
        }
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return base.DisposeAsync();
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _stream.Abort();
            _closed.Cancel();
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
