using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Drcm.Node.Commands;
using Drcm.Node.Scripts.Native;
using Drcm.StateMachine.Control;

namespace Drcm.Node.Control;

/// <summary>One request and its answer.</summary>
/// <param name="user">Who asks, as the kernel says.</param>
internal sealed class ControlConnection(Socket socket, ControlOptions options, uint user) : IDisposable
{
    /// <summary>First size of the buffer for the request line; it grows up to the bound.</summary>
    private const int BufferBytes = 4096;

    private const int UnavailableCode = 3;
    private const int RefusedCode = 1;
    private const int UsageCode = 2;

    /// <summary>Release of this daemon.</summary>
    public static string Version { get; } =
        typeof(ControlConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static byte[] Encode(ControlAnswer answer) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.ControlAnswer), (byte)'\n'];

    public void Dispose() => socket.Dispose();

    public async Task ServeAsync(IControlSource source, CancellationToken cancellationToken)
    {
        var (request, refusal) = await ReadAsync(cancellationToken);
        if (request is null)
        {
            await SendAsync(refusal!, cancellationToken);
            return;
        }
        switch (request.Command)
        {
            case ControlProtocol.Status:
                await SendAsync(new ControlAnswer(Status: await source.StatusAsync(cancellationToken)), cancellationToken);
                break;
            case ControlProtocol.Ping:
                await SendAsync(new ControlAnswer(Ping: Ping(await source.StatusAsync(cancellationToken))), cancellationToken);
                break;
            case ControlProtocol.VersionCommand:
                var version = new VersionAnswer((await source.StatusAsync(cancellationToken)).Cluster.Node, Version, ControlProtocol.Version);
                await SendAsync(new ControlAnswer(Version: version), cancellationToken);
                break;
            case ControlProtocol.RotateKey or ControlProtocol.KeyProgressCommand:
                var (progress, why) = await source.KeyAsync(request.Command, cancellationToken);
                if (progress is null)
                {
                    await SendAsync(ControlAnswer.Refused($"the leader cannot be asked: {why}", "see drcm status, then try again", UnavailableCode), cancellationToken);
                    return;
                }
                await SendAsync(new ControlAnswer(Key: progress), cancellationToken);
                break;
            case ControlProtocol.Why:
                var (answers, whyNot) = await source.WhyAsync(request.Name ?? "", request.At, cancellationToken);
                if (answers.IsEmpty)
                {
                    await SendAsync(ControlAnswer.Refused(whyNot, "", UsageCode), cancellationToken);
                    return;
                }
                foreach (var answer in answers) await SendAsync(new ControlAnswer(Why: answer), cancellationToken);
                break;
            case ControlProtocol.AuditVerify or ControlProtocol.AuditRebuild:
                var audit = await source.AuditAsync(request.Command == ControlProtocol.AuditRebuild, cancellationToken);
                await SendAsync(new ControlAnswer(Audit: audit), cancellationToken);
                break;
            case ControlProtocol.Events:
                await SendEventsAsync(source, request, cancellationToken);
                break;
            case var command when OperatorCommands.IsOne(command):
                await RunCommandAsync(source, request, cancellationToken);
                return;
            default:
                await SendAsync(
                    ControlAnswer.Refused($"this daemon knows no command '{request.Command}'", "use a drcm of the same release", UsageCode),
                    cancellationToken);
                return;
        }
        await SendAsync(ControlAnswer.End, cancellationToken);
    }

    private async Task RunCommandAsync(IControlSource source, ControlRequest request, CancellationToken cancellationToken)
    {
        var actor = $"operator:{(Accounts.TryFindUser(user, out var account) ? account.Name : user.ToString(CultureInfo.InvariantCulture))}";
        if (await source.CommandAsync(actor, request, cancellationToken) is { } answer)
        {
            await SendAsync(new ControlAnswer(Command: answer), cancellationToken);
            await SendAsync(ControlAnswer.End, cancellationToken);
            return;
        }
        await SendAsync(
            ControlAnswer.Refused(
                "nobody leads: no majority of the voters is connected, so nothing can be changed", "bring nodes or links back, then ask again", UnavailableCode),
            cancellationToken);
    }

    private static PingAnswer Ping(ClusterStatus status)
    {
        var bound = status.Cluster.DeadAfterMs;
        return new PingAnswer(
            status.Cluster.Node,
            bound,
            [
                .. status.Nodes.Where(node => node.IsActive).Select(node => new PingLine(
                    node.Name, node.Address, node.HeardMs, node.Name == status.Cluster.Node || node.HeardMs <= bound)),
            ]);
    }

    private async Task SendEventsAsync(IControlSource source, ControlRequest request, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = request.Follow ? EndWhenClientLeavesAsync(gone) : Task.CompletedTask;
        try
        {
            var filter = EventFilter.Of(request);
            var after = request.After;
            if (request.Last is { } last) after = await SendLastAsync(source, after, last, filter, gone.Token);
            if (request.Last is not null && !request.Follow) return;
            await foreach (var line in source.EventsAsync(after, request.Follow, gone.Token))
            {
                if (filter.Accepts(line)) await SendAsync(new ControlAnswer(Event: line), gone.Token);
            }
        }
        finally
        {
            await gone.CancelAsync();
            await watch;
        }
    }

    /// <returns>Index of the newest entry looked at.</returns>
    private async Task<long> SendLastAsync(
        IControlSource source, long after, int last, EventFilter filter, CancellationToken cancellationToken)
    {
        var newest = new Queue<EventLine>(last);
        await foreach (var line in source.EventsAsync(after, follow: false, cancellationToken))
        {
            after = line.Index;
            if (last == 0 || !filter.Accepts(line)) continue;
            if (newest.Count == last) newest.Dequeue();
            newest.Enqueue(line);
        }
        foreach (var line in newest) await SendAsync(new ControlAnswer(Event: line), cancellationToken);
        return after;
    }

    /// <summary>A client has nothing more to say: whatever can be read is its end.</summary>
    private async Task EndWhenClientLeavesAsync(CancellationTokenSource gone)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], gone.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return;
        }
        finally
        {
            await gone.CancelAsync();
        }
    }

    private async Task<(ControlRequest? Request, ControlAnswer? Refusal)> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RequestTimeout);
        var buffer = new byte[BufferBytes];
        var length = 0;
        while (true)
        {
            if (length == ControlProtocol.RequestBytesMax)
            {
                return (null, ControlAnswer.Refused(
                    $"the request is longer than {ControlProtocol.RequestBytesMax} bytes", "send one JSON object on one line", UsageCode));
            }
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(length * 2, ControlProtocol.RequestBytesMax));
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            var newline = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            length += newline < 0 ? read : newline;
            if (newline >= 0 || read == 0) return Parse(buffer.AsSpan(0, length));
        }
    }

    internal static (ControlRequest? Request, ControlAnswer? Refusal) Parse(ReadOnlySpan<byte> line)
    {
        ControlRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            request = null;
        }
        if (request is null)
        {
            return (null, ControlAnswer.Refused(
                "the request is not a JSON object with protocol and command", "see docs/control-protocol.md", UsageCode));
        }
        if (request.Protocol != ControlProtocol.Version)
        {
            return (null, ControlAnswer.Refused(
                $"the request speaks protocol {request.Protocol}, this daemon {ControlProtocol.Version}",
                $"use the drcm of release {Version}",
                RefusedCode));
        }
        if (request.Last is < 0 or > ControlProtocol.LastEventsMax)
        {
            return (null, ControlAnswer.Refused(
                $"'last' must be from 0 to {ControlProtocol.LastEventsMax}", "ask for fewer events, or for all by leaving it out", UsageCode));
        }
        return (request, null);
    }

    private async Task SendAsync(ControlAnswer answer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.AnswerTimeout);
        ReadOnlyMemory<byte> rest = Encode(answer);
        while (!rest.IsEmpty) rest = rest[await socket.SendAsync(rest, limit.Token)..];
    }
}
