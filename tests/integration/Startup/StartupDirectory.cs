using System.Security.Cryptography;
using Drcm.Integration.Tests.Scripts;
using Drcm.StateMachine.Configuration;

namespace Drcm.Integration.Tests.Startup;

/// <summary>What a daemon needs to start as node-a of a cluster on loopback addresses that no other test uses.</summary>
internal sealed class StartupDirectory : IDisposable
{
    /// <summary>Node-a's port, UDP and TCP.</summary>
    public const int Port = 53897;

    private static int _count;

    private readonly int _number = Interlocked.Increment(ref _count);
    private readonly TemporaryDirectory _files = new();

    public StartupDirectory(string extra = "")
    {
        Write($"{Nodes(1)}{extra}");
        Directory.CreateDirectory(_files[".auth"], AuthKeyRules.DirectoryMode);
        File.WriteAllBytes(KeyFile, RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength));
        File.SetUnixFileMode(KeyFile, AuthKeyRules.FileMode);
    }

    public string KeyFile => Path.Combine(_files.Root, ".auth", "authkey");

    public string this[string name] => _files[name];

    /// <summary>Another cm.cfg, without its [CM_SERVER].</summary>
    public void Write(string nodes) => _files.Write("cm.cfg", $"[CM_SERVER]\nudpport = {Port}\ntcpport = {Port}\nhttp_port = 0\n\n{nodes}");

    /// <summary>Sections of the first nodes: node-a, node-b, …</summary>
    public string Nodes(int count) => string.Concat(Enumerable.Range(0, count).Select(i => Node(i, (char)('a' + i))));

    public string Node(int place, char letter, int? addressOf = null) =>
        $"[CM_NODE]\nnodename = node-{letter}\nhostname = host-{letter}\nkeep_alive_ip = {Address(addressOf ?? place)}\n";

    public string Address(int place = 0) => $"127.77.{_number}.{place + 1}";

    public DaemonRun Start(params string[] more) => DaemonRun.Start(_files, more.Length > 0 ? more : ["--node", "node-a"]);

    public void Dispose() => _files.Dispose();
}
