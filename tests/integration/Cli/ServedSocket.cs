using System.Net.Sockets;
using System.Text;
using Drcm.Cli.Connection;
using Drcm.Node.Control;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

/// <summary>A control server on a real socket in a directory of its own.</summary>
internal sealed class ServedSocket : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("drcm-test-").FullName;

    private ServedSocket(Func<ControlOptions, ControlOptions>? adjust)
    {
        Path = $"{_directory}/drcm.sock";
        var options = new ControlOptions(Path, "root");
        Server = new ControlServer(adjust?.Invoke(options) ?? options, Source, NullLogger<ControlServer>.Instance);
    }

    public string Path { get; }

    public FakeSource Source { get; } = new();

    public ControlServer Server { get; private set; }

    public ControlClient Client => new(Path);

    public static async Task<ServedSocket> StartAsync(Func<ControlOptions, ControlOptions>? adjust = null)
    {
        var served = new ServedSocket(adjust);
        await served.Server.StartAsync(TestContext.Current.CancellationToken);
        return served;
    }

    /// <summary>Every connection ends, and the socket is there again: a daemon that was restarted.</summary>
    public async Task RestartAsync()
    {
        await Server.StopAsync(TestContext.Current.CancellationToken);
        Server.Dispose();
        Server = new ControlServer(new ControlOptions(Path, "root"), Source, NullLogger<ControlServer>.Instance);
        await Server.StartAsync(TestContext.Current.CancellationToken);
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    /// <summary>Sends these bytes and reads until the server closes.</summary>
    public async Task<string> RawAsync(byte[] request, CancellationToken cancellationToken)
    {
        using var socket = Connect();
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(request, cancellationToken);
        }
        catch (IOException)
        {
            // The server had read enough: its answer waits.
        }
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (IOException)
        {
            return "";
        }
    }

    public Task<string> RawAsync(string request, CancellationToken cancellationToken) =>
        RawAsync(Encoding.UTF8.GetBytes(request), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(CancellationToken.None);
        Server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
