package settings

func registrationURL(v string) string {
	if v == "" {
		return ""
	}
	return "https://rancher.lab.example/v3/import/x.yaml"
}
func mirrorEndpoints(v string) []string {
	if v == "" {
		return nil
	}
	return []string{"https://mirror.example:5000", "http://192.168.7.9:5000"}
}
func s3Endpoint(v string) string {
	if v == "" {
		return ""
	}
	return "http://minio.lab.example:9000"
}
