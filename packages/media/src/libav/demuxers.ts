/**
 * Containers that may be opened, by libav's names. A list of what is allowed, because some formats libav knows are scripts
 * that make it open further files or addresses (HLS, DASH, concat, SDP), and a media file must never do that.
 */
export const allowedDemuxers = [
  'mov,mp4,m4a,3gp,3g2,mj2',
  'matroska,webm',
  'avi,asf,flv,live_flv,mpeg,mpegts,mpegvideo,m4v,h264,hevc,av1,obu,ivf,mxf,rm,nut,dv,vob,ogg,gif,apng,webp_pipe,webp_anim',
  'mp3,wav,w64,flac,aac,ac3,eac3,aiff,au,caf,amr,amrnb,amrwb,ape,wv,tta,dts,dtshd,mpc,mpc8,voc,tak,mlp,truehd,gsm,rf64',
  'image2,jpeg_pipe,png_pipe,bmp_pipe,tiff_pipe,jpegls_pipe,j2k_pipe,jpegxl_pipe,ppm_pipe,pgm_pipe',
].join(',');

/** Pixels of the largest picture that is decoded, above 8K; a hostile header could otherwise ask for gigabytes. */
export const MAX_PICTURE_PIXELS = 2 ** 26;

/** Most threads one decoder uses; more mainly cost memory, a set of frames each. */
export const MAX_DECODER_THREADS = 4;
