using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Connection;

/// <summary>Asks a daemon on its control socket. Each request is a connection of its own.</summary>
internal sealed class ControlClient(string socketPath)
{
    /// <summary>A living daemon answers within milliseconds, even a busy one.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The daemon's own patience, what it takes to find out about an unknown end, and the way.</summary>
    private static readonly TimeSpan CommandTimeout = ControlProtocol.CommandPatience * 2;

    private readonly string _silent = $"the daemon behind {socketPath} does not answer";

    public string SocketPath => socketPath;

    /// <exception cref="ControlException">Unreachable or refused.</exception>
    public async Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken) =>
        (await OneAsync(ControlProtocol.Status, cancellationToken)).Status ?? throw Odd();

    public async Task<PingAnswer> PingAsync(CancellationToken cancellationToken) =>
        (await OneAsync(ControlProtocol.Ping, cancellationToken)).Ping ?? throw Odd();

    public async Task<VersionAnswer> VersionAsync(CancellationToken cancellationToken) =>
        (await OneAsync(ControlProtocol.VersionCommand, cancellationToken)).Version ?? throw Odd();

    /// <summary>A command that changes something; waits as long as the daemon tries.</summary>
    public async Task<CommandAnswer> CommandAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        await foreach (var answer in AskAsync(request, CommandTimeout, cancellationToken)) return answer.Command ?? throw Odd();
        throw Odd();
    }

    /// <summary>Begins a rotation of the auth key; tells how far it is when one is under way.</summary>
    public async Task<KeyProgress> RotateKeyAsync(CancellationToken cancellationToken) =>
        (await OneAsync(ControlProtocol.RotateKey, cancellationToken)).Key ?? throw Odd();

    public async Task<KeyProgress> KeyProgressAsync(CancellationToken cancellationToken) =>
        (await OneAsync(ControlProtocol.KeyProgressCommand, cancellationToken)).Key ?? throw Odd();

    public async IAsyncEnumerable<EventLine> EventsAsync(
        ControlRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var answer in AskAsync(request, request.Follow ? null : AnswerTimeout, cancellationToken)) yield return answer.Event ?? throw Odd();
    }

    /// <summary>Why a resource or node is as it is, or was; a nickname may stand for several.</summary>
    public async IAsyncEnumerable<StateMachine.Explanations.Explanation> WhyAsync(
        string name, DateTimeOffset? at, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ControlRequest(ControlProtocol.Version, ControlProtocol.Why, Name: name, At: at);
        await foreach (var answer in AskAsync(request, AnswerTimeout, cancellationToken)) yield return answer.Why ?? throw Odd();
    }

    private async Task<ControlAnswer> OneAsync(string command, CancellationToken cancellationToken)
    {
        await foreach (var answer in AskAsync(new ControlRequest(ControlProtocol.Version, command), AnswerTimeout, cancellationToken)) return answer;
        throw Odd();
    }

    /// <summary>The lines of the answer without the closing one.</summary>
    /// <param name="patience">For each line; null: as long as it takes.</param>
    private async IAsyncEnumerable<ControlAnswer> AskAsync(
        ControlRequest request, TimeSpan? patience, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        await using var stream = new NetworkStream(socket);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n'];
        try
        {
            await stream.WriteAsync(line, cancellationToken);
        }
        catch (IOException)
        {
            // Turned away before the request was read: the reason waits in the socket.
        }
        var reader = PipeReader.Create(stream);
        while (await NextAsync(reader, patience, cancellationToken) is { } answer)
        {
            if (answer.Done == true) yield break;
            if (answer.Error is { } error) throw new ControlException(error, answer.Remedy ?? "", answer.Code ?? ExitCodes.Failed);
            yield return answer;
        }
        throw new ControlException(
            $"the daemon behind {socketPath} closed the connection", "see whether it is still running, then ask again", ExitCodes.Unavailable);
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw Unreachable.At(socketPath, e);
        }
    }

    private async Task<ControlAnswer?> NextAsync(PipeReader reader, TimeSpan? patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (patience is { } bound) limit.CancelAfter(bound);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(limit.Token);
                var buffer = read.Buffer;
                if (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var answer = Parse(buffer.Slice(0, end));
                    reader.AdvanceTo(buffer.GetPosition(1, end));
                    return answer;
                }
                if (read.IsCompleted) return null;
                if (buffer.Length > ControlProtocol.AnswerBytesMax) throw Odd();
                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlException(_silent, "look at its log, drcm.log in log_dir", ExitCodes.Unavailable);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private ControlAnswer Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref reader, ControlJson.Default.ControlAnswer) ?? throw Odd();
        }
        catch (JsonException)
        {
            throw Odd();
        }
    }

    private ControlException Odd() => new(
        $"the daemon behind {socketPath} gave an answer that this drcm cannot read", "use drcm and drcmd of the same release", ExitCodes.Failed);
}
