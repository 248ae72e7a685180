using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

/// <summary>A host with the paths that a test gives it.</summary>
internal sealed class FakeHost : IHostFacts
{
    public const string ConfigPath = "/etc/drcm/cm.cfg";

    private readonly Dictionary<string, HostPath> _paths = [];
    private readonly Dictionary<string, string> _texts = [];

    public string Hostname { get; set; } = "a.example.com";

    public bool IsRoot { get; set; } = true;

    public bool HasNftables { get; set; } = true;

    public HostPath? Look(string path) => _paths.GetValueOrDefault(path);

    public string? Read(string path) => _texts.GetValueOrDefault(path);

    public FakeHost WithText(string path, string text)
    {
        _texts[path] = text;
        return With(path, 0b110_100_100, text.Length);
    }

    public FakeHost With(string path, int mode, long length = 100, bool isReadable = true)
    {
        _paths[path] = new HostPath(IsDirectory: false, isReadable, (UnixFileMode)mode, length);
        return this;
    }

    public FakeHost WithDirectory(string path, int mode = 0b111_101_101)
    {
        _paths[path] = new HostPath(IsDirectory: true, IsReadable: true, (UnixFileMode)mode, 0);
        return this;
    }

    public FakeHost Without(string path)
    {
        _paths.Remove(path);
        return this;
    }

    /// <summary>All that <see cref="Sample"/> needs on node a.</summary>
    public static FakeHost Complete()
    {
        var host = new FakeHost();
        foreach (var directory in (string[])["/etc/drcm", "/var/run/drcm", "/var/log/drcm", "/var/spool/drcm", "/etc/cron.d"])
            host.WithDirectory(directory);
        foreach (var script in (string[])["crontab", "ip", "service", "fs"]) host.With($"/etc/drcm/{script}.sh", 0b111_101_101);
        return host.With("/etc/drcm/crontabs/apps", 0b110_100_100)
            .WithDirectory("/etc/drcm/.auth", 0b111_000_000)
            .With("/etc/drcm/.auth/authkey", 0b110_000_000, AuthKeyRules.KeyLength)
            .With("/etc/drcm/.auth/authkey.sha1", 0b110_000_000, 40);
    }
}
