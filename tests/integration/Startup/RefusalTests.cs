using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Drcm.Integration.Tests.Startup;

/// <summary>A daemon that cannot start says what is wrong and what to do, in one line or a few, and exits with 1.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly StartupDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task Start_NoSuchFile_NamesTheFileAndTheTemplate() =>
        RefusedAsync(["--config", _directory["absent.cfg"]], _directory["absent.cfg"], "drcm config template");

    [Fact]
    public Task Start_FileOfSomethingElse_NamesLineAndCheck()
    {
        _directory.Write("[CM_NODE]\nnodename\n\u0001\u0002 no configuration\n");
        return RefusedAsync([], $"{_directory["cm.cfg"]}:", "error:", "drcm config check");
    }

    [Fact]
    public Task Start_HostnameNotInTheFile_NamesItAndTheOption() =>
        RefusedAsync(["--config", _directory["cm.cfg"]], $"no node with hostname {Dns.GetHostName()}", "host-a", "--node");

    [Fact]
    public Task Start_NodeNotInTheFile_ListsTheNodes() => RefusedAsync(["--node", "node-x"], "no node named node-x", "its nodes are node-a");

    [Fact]
    public Task Start_UnknownOption_NamesTheHelp() => RefusedAsync(["--nodes", "node-a"], "unknown option --nodes", "drcmd --help");

    [Fact]
    public Task Start_KeyMissing_NamesTheCommandThatMakesOne()
    {
        File.Delete(_directory.KeyFile);
        return RefusedAsync([], $"cannot read the auth key {_directory.KeyFile}", "drcm auth init");
    }

    [Fact]
    public Task Start_KeyIsADirectory_NamesTheFile()
    {
        File.Delete(_directory.KeyFile);
        Directory.CreateDirectory(_directory.KeyFile);
        return RefusedAsync([], _directory.KeyFile, "drcm auth init");
    }

    [Fact]
    public Task Start_KeyOpenToOthers_NamesModeAndChmod()
    {
        File.SetUnixFileMode(_directory.KeyFile, File.GetUnixFileMode(_directory.KeyFile) | UnixFileMode.GroupRead);
        return RefusedAsync([], "has mode 0640", $"chmod 600 {_directory.KeyFile}");
    }

    [Fact]
    public async Task Start_KeyTooShort_NamesItsLength()
    {
        await File.WriteAllBytesAsync(_directory.KeyFile, new byte[7], TestContext.Current.CancellationToken);
        await RefusedAsync([], "has 7 bytes, which is no key", "drcm auth init");
    }

    [Fact]
    public Task Start_SpoolOpenToOthers_NamesTheChmod()
    {
        var spool = Directory.CreateDirectory(_directory["spool"]).FullName;
        File.SetUnixFileMode(spool, File.GetUnixFileMode(spool) | UnixFileMode.OtherWrite);
        return RefusedAsync([], "may be written by others", $"chmod go-w {spool}");
    }

    [Fact]
    public Task Start_TwoNodesOfOneName_NamesBothLines()
    {
        _directory.Write(_directory.Node(0, 'a') + _directory.Node(1, 'a'));
        return RefusedAsync([], "node-a", "error:", "drcm config check");
    }

    [Fact]
    public Task Start_TwoNodesOfOneAddress_NamesIt()
    {
        _directory.Write(_directory.Node(0, 'a') + _directory.Node(1, 'b', addressOf: 0));
        return RefusedAsync([], _directory.Address(), "error:", "drcm config check");
    }

    [Fact]
    public async Task Start_UdpPortInUse_NamesAddressAndRemedy()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Parse(_directory.Address()), StartupDirectory.Port));
        await RefusedAsync([], $"cannot listen on UDP {_directory.Address()}:{StartupDirectory.Port}", "udpport");
    }

    [Fact]
    public async Task Start_TcpPortInUse_NamesAddressAndRemedy()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Parse(_directory.Address()), StartupDirectory.Port));
        other.Listen();
        await RefusedAsync([], $"cannot listen on TCP {_directory.Address()}:{StartupDirectory.Port}", "tcpport");
    }

    [Fact]
    public Task Start_AddressOfAnotherMachine_NamesItAndTheKey()
    {
        _directory.Write("[CM_NODE]\nnodename = node-a\nhostname = host-a\nkeep_alive_ip = 192.0.2.77\n");
        return RefusedAsync([], "192.0.2.77", "keep_alive_ip");
    }

    private async Task RefusedAsync(string[] arguments, params string[] words)
    {
        using var run = _directory.Start(arguments);
        Assert.Equal(1, await run.ExitAsync(Test));
        Assert.StartsWith("drcmd: error: ", LastMessage(run.Text), StringComparison.Ordinal);
        foreach (var word in words) Assert.Contains(word, run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Drcm.", run.Text, StringComparison.Ordinal);
    }

    /// <summary>From the last line that begins with the program's name.</summary>
    private static string LastMessage(string text) => text[Math.Max(0, text.LastIndexOf("drcmd: ", StringComparison.Ordinal))..];
}
