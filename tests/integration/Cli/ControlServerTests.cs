using System.Text;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.Node.Control;
using Drcm.StateMachine.Control;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

public sealed class ControlServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_OverTheSocket_ArrivesUnchanged()
    {
        await using var served = await ServedSocket.StartAsync();

        var status = await served.Client.StatusAsync(Token);

        Assert.Equal(Json(FakeSource.Status), Json(status));
    }

    [Fact]
    public async Task Ping_NodeSilentLongerThanD_DoesNotAnswer()
    {
        await using var served = await ServedSocket.StartAsync();

        var ping = await served.Client.PingAsync(Token);

        Assert.Equal([("n1", true), ("n2", true), ("n3", false)], ping.Nodes.Select(node => (node.Name, node.Answers)));
    }

    [Theory]
    [InlineData("", "not a JSON object")]
    [InlineData("\n", "not a JSON object")]
    [InlineData("hello\n", "not a JSON object")]
    [InlineData("[]\n", "not a JSON object")]
    [InlineData("null\n", "not a JSON object")]
    [InlineData("{\"protocol\":1,\"command\":7}\n", "not a JSON object")]
    [InlineData("{\"protocol\":2,\"command\":\"status\"}\n", "protocol 2")]
    [InlineData("{\"protocol\":1,\"command\":\"explode\"}\n", "no command 'explode'")]
    [InlineData("{\"protocol\":1,\"command\":\"events\",\"last\":-1}\n", "'last' must be")]
    public async Task Request_Senseless_IsRefusedWithRemedy(string request, string expected)
    {
        await using var served = await ServedSocket.StartAsync();
        var answer = request.Length == 0 ? await HalfClosedAsync(served) : await served.RawAsync(request, Token);

        var refusal = JsonSerializer.Deserialize(answer, ControlJson.Default.ControlAnswer)!;

        Assert.Contains(expected, refusal.Error, StringComparison.Ordinal);
        Assert.NotEqual("", refusal.Remedy);
        Assert.Equal("n1", (await served.Client.StatusAsync(Token)).Cluster.Node);
    }

    [Fact]
    public async Task Request_OfRandomBytes_DoesNotEndTheServer()
    {
        await using var served = await ServedSocket.StartAsync();
        var random = new Random(77);
        for (var round = 0; round < 20; round++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            bytes[^1] = (byte)'\n';
            await served.RawAsync(bytes, Token);
        }

        Assert.Equal("n1", (await served.Client.StatusAsync(Token)).Cluster.Node);
    }

    [Fact]
    public async Task Request_LongerThanTheBound_IsRefused()
    {
        await using var served = await ServedSocket.StartAsync();

        var answer = await served.RawAsync(new string('x', ControlProtocol.RequestBytesMax), Token);

        Assert.Contains("longer than 1048576 bytes", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_AboveTheBound_AreTurnedAwayAndCounted()
    {
        await using var served = await ServedSocket.StartAsync(options => options with { ConnectionsMax = 1 });
        using var idle = served.Connect();

        var refused = await Assert.ThrowsAsync<ControlException>(() => served.Client.StatusAsync(Token));

        Assert.Contains("1 control connections are open already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, served.Server.Refused);
    }

    [Fact]
    public async Task Start_BesideALivingDaemon_Refuses()
    {
        await using var served = await ServedSocket.StartAsync();
        using var second = new ControlServer(new ControlOptions(served.Path, "root"), new FakeSource(), NullLogger<ControlServer>.Instance);

        var refused = await Assert.ThrowsAsync<ControlSocketException>(() => second.StartAsync(Token));

        Assert.Contains("another drcmd answers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OverTheSocketOfAKilledDaemon_ReplacesIt()
    {
        var directory = Directory.CreateTempSubdirectory("drcm-test-").FullName;
        var path = $"{directory}/drcm.sock";
        ControlSocket.Open(path, group: null).SafeHandle.Dispose();
        Assert.True(File.Exists(path));

        using (var fresh = ControlSocket.Open(path, group: null)) Assert.True(fresh.IsBound);

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Open_PathBeyondTheKernelsBound_NamesTheRemedy()
    {
        var refused = Assert.Throws<ControlSocketException>(() => ControlSocket.Open("/tmp/" + new string('d', 120), group: null));

        Assert.Contains("choose a shorter run_dir", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_WhenOpen_IsForOwnerAndGroupOnly()
    {
        await using var served = await ServedSocket.StartAsync();

        var mode = File.GetUnixFileMode(served.Path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, mode);
    }

    private static async Task<string> HalfClosedAsync(ServedSocket served)
    {
        using var socket = served.Connect();
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        var buffer = new byte[ControlProtocol.RequestBytesMax];
        var length = await socket.ReceiveAsync(buffer, Token);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static string Json(ClusterStatus status) => JsonSerializer.Serialize(status, ControlJson.Default.ClusterStatus);
}
