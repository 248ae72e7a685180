using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary>Reads a configuration file from disk; what goes wrong becomes a message with its remedy.</summary>
internal static class ConfigSource
{
    /// <summary>Bytes: the reader's own bound, had every character four bytes.</summary>
    private const long BytesMax = 4L * CmLimits.TextLengthMax;

    public static bool TryRead(string path, out CmConfigFile file, out string problem)
    {
        file = CmConfigReader.Read("");
        problem = "";
        try
        {
            if (Directory.Exists(path))
                problem = $"{path} is a directory; give the path of a cm.cfg with --config";
            else if (!File.Exists(path))
                problem = $"{path} does not exist; drcm config template --output {path} makes one";
            else if (new FileInfo(path).Length > BytesMax)
                problem = $"{path} is larger than {BytesMax} bytes; give the path of a cm.cfg with --config";
            else
                file = CmConfigReader.Read(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be read: {e.Message}; run as root or correct its mode";
        }
        return problem.Length == 0;
    }
}
