using System.Text;

namespace Drcm.Fuzz.Targets;

/// <summary>A decoder that reads a file by its name.</summary>
internal abstract class FileTarget(string name, string directory, string fileName) : FuzzTarget(name)
{
    protected string Directory => directory;

    protected string FilePath { get; } = Path.Combine(directory, fileName);

    /// <summary>Opening files costs buffers.</summary>
    public override long AllocationMax(int inputBytes) => 1024 * 1024 + base.AllocationMax(inputBytes);

    public sealed override void Feed(byte[] input)
    {
        File.WriteAllBytes(FilePath, input);
        try
        {
            Read(input);
        }
        catch (Node.StartupException e)
        {
            Require(e.Message.Contains(';'), "a refusal without a remedy");
        }
    }

    protected abstract void Read(byte[] input);

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    protected static string[] Lines(byte[] input) => Encoding.UTF8.GetString(input).Split('\n');
}
