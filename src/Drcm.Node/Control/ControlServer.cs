using System.Net.Sockets;
using System.Text.Json;
using Drcm.StateMachine.Control;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Control;

/// <summary>Answers <c>drcm</c> on the control socket: docs/control-protocol.md. One request per connection.</summary>
internal sealed partial class ControlServer(ControlOptions options, IControlSource source, ILogger<ControlServer> logger)
    : BackgroundService
{
    private readonly SemaphoreSlim _places = new(options.ConnectionsMax, options.ConnectionsMax);
    private readonly uint? _group = PeerCredentials.GroupNamed(options.Group);
    private Socket? _listener;
    private long _refused;

    /// <summary>Connections turned away since the start: strangers, and those above the bound.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Opens the socket, so that a failure stops the start.</summary>
    /// <exception cref="ControlSocketException">It cannot be opened.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (_group is null) LogNoGroup(options.Group, options.SocketPath);
        _listener = ControlSocket.Open(options.SocketPath, _group);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listener?.Dispose();
        _places.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = _listener ?? throw new InvalidOperationException("not started");
        var open = new HashSet<Task>(options.ConnectionsMax);
        try
        {
            while (true)
            {
                var connection = await AcceptAsync(listener, stoppingToken);
                open.RemoveWhere(task => task.IsCompleted);
                if (connection is not null && TakePlace(connection)) open.Add(ServeAsync(connection, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(open);
        }
        finally
        {
            File.Delete(options.SocketPath);
        }
    }

    /// <returns>Null: the connection was gone at once, or no descriptor was free for it; neither may end the daemon.</returns>
    private async Task<Socket?> AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        try
        {
            return await listener.AcceptAsync(cancellationToken);
        }
        catch (SocketException e)
        {
            LogBroken(e.Message);
            await Task.Delay(options.AcceptPause, cancellationToken);
            return null;
        }
    }

    private bool TakePlace(Socket connection)
    {
        if (!PeerCredentials.Of(connection).MayControl(_group))
        {
            Refuse(connection, "you may not talk to this daemon", $"become root or a member of the group {options.Group}");
            return false;
        }
        if (_places.Wait(0, CancellationToken.None)) return true;
        Refuse(
            connection,
            $"{options.ConnectionsMax} control connections are open already",
            "try again, or end a drcm events tail -f");
        return false;
    }

    /// <summary>Told why without waiting: one small line fits the socket's buffer, or is lost.</summary>
    private void Refuse(Socket connection, string error, string remedy)
    {
        Interlocked.Increment(ref _refused);
        using (connection)
        {
            try
            {
                connection.Blocking = false;
                connection.Send(ControlConnection.Encode(ControlAnswer.Refused(error, remedy, code: 1)));
            }
            catch (SocketException e)
            {
                LogBroken(e.Message);
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stoppingToken)
    {
        try
        {
            using var connection = new ControlConnection(socket, options, PeerCredentials.Of(socket).UserId);
            await connection.ServeAsync(source, stoppingToken);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or JsonException)
        {
            LogBroken(e.Message);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(2100, LogLevel.Debug, "control connection ended early: {Reason}")]
    private partial void LogBroken(string reason);

    [LoggerMessage(2101, LogLevel.Warning, "there is no group {Group}: only root and drcmd's own user may use {Path}; set cluster_group to an existing group")]
    private partial void LogNoGroup(string group, string path);
}
