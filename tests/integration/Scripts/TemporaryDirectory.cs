namespace Drcm.Integration.Tests.Scripts;

/// <summary>A directory of one test, gone with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("drcm-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public string Write(string name, string text, bool isProgram = false)
    {
        File.WriteAllText(this[name], text);
        if (isProgram) File.SetUnixFileMode(this[name], (UnixFileMode)0x1ed);
        return this[name];
    }

    public string Make(string name) => Directory.CreateDirectory(this[name]).FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
